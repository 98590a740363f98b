from typing import Any, cast

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from numerai.common.http.openapi import problem
from numerai.common.http.pagination import PARAMETERS as PAGE_PARAMETERS
from numerai.common.http.pagination import page_body, page_of
from payments.selectors.billing import billing_history_of
from payments.serializers.billing import BillPageSerializer, BillSerializer

BILL_EXAMPLE: dict[str, Any] = {
    "id": "0d1f6f0a-98a5-4c53-a1d5-2a0b7f6c9e10",
    "number": "SPZMMBTI-0001",
    "amount": "19.99",
    "currency": "usd",
    "description": "1 x Premium (at $19.99 / month)",
    "invoice_url": "https://invoice.stripe.com/i/acct_1/test_2",
    "invoice_pdf": "https://pay.stripe.com/invoice/acct_1/test_2/pdf",
    "pdf_url": "https://api.example.com/api/v1/payments/invoices/0d1f6f0a-98a5-4c53-a1d5-2a0b7f6c9e10/pdf/",
    "period_start": "2026-11-20T10:00:00Z",
    "period_end": "2026-12-20T10:00:00Z",
    "status": "paid",
    "paid_at": "2026-11-20T10:00:02Z",
    "created_at": "2026-11-20T10:00:00Z",
}


class BillingHistoryView(APIView):
    @extend_schema(
        operation_id="payments_billing_history",
        summary="List one's bills",
        description="Newest first, a page at a time. Amounts are decimal strings in major units.",
        parameters=[
            *PAGE_PARAMETERS,
        ],
        responses={
            200: BillPageSerializer,
            **problem(404, "not_found", "There is nothing here, or it is not yours."),
        },
        examples=[
            OpenApiExample(
                "one bill",
                value={"count": 1, "next": None, "previous": None, "results": [BILL_EXAMPLE]},
                response_only=True,
                status_codes=["200"],
            )
        ],
    )
    def get(self, request: Request) -> Response:
        page, count, rows = page_of(request, billing_history_of(cast(User, request.user)))
        shown = list(BillSerializer(rows, many=True, context={"request": request}).data)
        return Response(page_body(request, page, count, shown))
