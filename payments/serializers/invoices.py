from typing import Any

from rest_framework import serializers

from payments.models import BillingHistory, InvoiceLine
from payments.money import to_decimal_string
from payments.serializers.billing import BillSerializer

SUMS = (
    "subtotal",
    "discount",
    "tax",
    "tax_included",
    "total",
    "starting_balance",
    "credited",
    "amount_paid",
    "amount_overpaid",
)


class InvoiceLineSerializer(serializers.ModelSerializer[InvoiceLine]):
    amount = serializers.SerializerMethodField(help_text="In major units; negative when it gives back.")

    class Meta:
        model = InvoiceLine
        fields = ("description", "quantity", "amount", "is_proration", "period_start", "period_end")
        read_only_fields = fields

    def get_amount(self, row: InvoiceLine) -> str:
        return to_decimal_string(row.amount, row.currency)


class InvoiceSerializer(BillSerializer):
    """A bill with what it is made of. Every sum is a decimal string in major units."""

    lines = InvoiceLineSerializer(many=True)
    subtotal = serializers.CharField(help_text="The lines together.")
    discount = serializers.CharField()
    tax = serializers.CharField(help_text="All tax.")
    tax_included = serializers.CharField(help_text="That part of the tax which the lines contain already.")
    total = serializers.CharField(help_text="subtotal - discount + tax - tax_included")
    starting_balance = serializers.CharField(help_text="Before this bill; negative is credit of yours.")
    ending_balance = serializers.CharField(
        allow_null=True, help_text="After it. amount = total + starting_balance - ending_balance - credited"
    )
    credited = serializers.CharField(help_text="By credit notes.")
    amount_paid = serializers.CharField()
    amount_overpaid = serializers.CharField(help_text="Kept as credit.")

    class Meta(BillSerializer.Meta):
        fields = (*BillSerializer.Meta.fields, *SUMS, "ending_balance", "billing_reason", "lines")
        read_only_fields = fields

    def to_representation(self, instance: BillingHistory) -> dict[str, Any]:
        shown: dict[str, Any] = super().to_representation(instance)
        for name in SUMS:
            shown[name] = to_decimal_string(getattr(instance, name), instance.currency)
        if instance.ending_balance is not None:
            shown["ending_balance"] = to_decimal_string(instance.ending_balance, instance.currency)
        return shown
