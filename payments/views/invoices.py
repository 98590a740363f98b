from typing import Any, cast
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from numerai.common.http.openapi import problem
from numerai.common.throttling import Limit, daily, hit, spend
from payments.invoicing.document import document_of, file_name
from payments.invoicing.typesetting import to_pdf
from payments.selectors.invoices import InvoiceVoid, invoice_of
from payments.serializers.invoices import InvoiceSerializer
from payments.views.billing import BILL_EXAMPLE

# Setting one takes some hundredths of a second of a processor.
PDFS = Limit("invoice_pdfs", times=120, seconds=3600)
PDFS_A_DAY = daily("invoice_pdfs_a_day", times=300)

INVOICE_EXAMPLE: dict[str, Any] = BILL_EXAMPLE | {
    "subtotal": "19.99",
    "discount": "0.00",
    "tax": "0.00",
    "tax_included": "0.00",
    "total": "19.99",
    "starting_balance": "0.00",
    "ending_balance": "0.00",
    "credited": "0.00",
    "amount_paid": "19.99",
    "amount_overpaid": "0.00",
    "billing_reason": "subscription_create",
    "lines": [
        {
            "description": "1 x Premium (at $19.99 / month)",
            "quantity": 1,
            "amount": "19.99",
            "is_proration": False,
            "period_start": "2026-11-20T10:00:00Z",
            "period_end": "2026-12-20T10:00:00Z",
        }
    ],
}
REFUSALS = {
    **problem(404, "not_found", "There is nothing here, or it is not yours."),
    **problem(InvoiceVoid.status, InvoiceVoid.code, InvoiceVoid.detail),
}


class InvoiceView(APIView):
    @extend_schema(
        operation_id="payments_invoice",
        summary="Read one of one's bills",
        description="The bill with its lines and sums as decimal strings in major units. One that was withdrawn is a "
        "409 `invoice_void`.",
        responses={200: InvoiceSerializer, **REFUSALS},
        examples=[OpenApiExample("a bill", value=INVOICE_EXAMPLE, response_only=True, status_codes=["200"])],
    )
    def get(self, request: Request, invoice_id: UUID) -> Response:
        row = invoice_of(cast(User, request.user), invoice_id)
        return Response(InvoiceSerializer(row, context={"request": request}).data)


class InvoicePdfView(APIView):
    @extend_schema(
        operation_id="payments_invoice_pdf",
        summary="Download one of one's bills",
        description="A PDF for one's papers (PDF/A, A4), made on request from what we keep of the bill: its lines, "
        "discounts, tax, credit, payments and refunds. It says the same every time until money moves.",
        responses={
            (200, "application/pdf"): OpenApiTypes.BINARY,
            **REFUSALS,
            **problem(429, "too_many_requests", "Too many requests. Please wait a moment and try again."),
        },
        examples=[
            OpenApiExample(
                "a file", value="%PDF-1.7 …", response_only=True, status_codes=["200"], media_type="application/pdf"
            )
        ],
    )
    def get(self, request: Request, invoice_id: UUID) -> HttpResponse:
        person = cast(User, request.user)
        row = invoice_of(person, invoice_id)
        hit(PDFS, str(person.pk))
        spend(PDFS_A_DAY, str(person.pk))
        document = document_of(row, {"name": person.full_name, "email": person.email or ""})
        answer = HttpResponse(to_pdf(document), content_type="application/pdf")
        answer["Content-Disposition"] = f'attachment; filename="{file_name(row)}"'
        return answer
