from typing import Any

from rest_framework import serializers

from payments.models import BillingHistory
from payments.money import to_decimal_string


class BillSerializer(serializers.ModelSerializer[BillingHistory]):
    amount = serializers.SerializerMethodField(help_text="In major units, such as 19.99.")

    class Meta:
        model = BillingHistory
        fields = (
            "id",
            "amount",
            "currency",
            "description",
            "invoice_url",
            "invoice_pdf",
            "period_start",
            "period_end",
            "status",
            "paid_at",
            "created_at",
        )
        read_only_fields = fields

    def get_amount(self, row: BillingHistory) -> str:
        return to_decimal_string(row.amount, row.currency)


class BillPageSerializer(serializers.Serializer[Any]):
    count = serializers.IntegerField()
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = BillSerializer(many=True)
