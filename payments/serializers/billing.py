from typing import Any

from django.urls import reverse
from rest_framework import serializers

from payments.models import BillingHistory
from payments.money import to_decimal_string


class BillSerializer(serializers.ModelSerializer[BillingHistory]):
    amount = serializers.SerializerMethodField(help_text="In major units, such as 19.99.")
    pdf_url = serializers.SerializerMethodField(help_text="Our own PDF of it; ask for it as the signed-in person.")

    class Meta:
        model = BillingHistory
        fields: tuple[str, ...] = (
            "id",
            "number",
            "amount",
            "currency",
            "description",
            "invoice_url",
            "invoice_pdf",
            "pdf_url",
            "period_start",
            "period_end",
            "status",
            "paid_at",
            "created_at",
        )
        read_only_fields = fields

    def get_amount(self, row: BillingHistory) -> str:
        return to_decimal_string(row.amount, row.currency)

    def get_pdf_url(self, row: BillingHistory) -> str:
        path = reverse("invoice-pdf", args=[row.pk])
        request = self.context.get("request")
        return request.build_absolute_uri(path) if request else path


class BillPageSerializer(serializers.Serializer[Any]):
    count = serializers.IntegerField()
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = BillSerializer(many=True)
