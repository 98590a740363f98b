from typing import Any, cast
from uuid import UUID

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from numerai.common.http.openapi import problem
from numerai.common.throttling import Limit, hit
from payments.selectors.refunds import UNDER_REVIEW, refund_standing
from payments.serializers.refunds import RefundStandingSerializer, RefundWishSerializer
from payments.services import request_refund
from payments.views.headers import idempotency_key

WISHES = Limit("refund_requests", times=20, seconds=3600)

STANDING_EXAMPLE: dict[str, Any] = {
    "status": "refunded",
    "payment_id": "5f1c2b7e-52f4-4f0e-8b61-3d0a8f1d9c33",
    "currency": "usd",
    "amount": "19.99",
    "amount_refunded": "19.99",
    "refundable": "0.00",
    "request": {
        "id": "c1b2f6de-7a55-4c7e-9d2e-0f4b8c6f0a11",
        "amount": "19.99",
        "reason": "I bought the wrong plan.",
        "state": "approved",
        "answer": "",
        "created_at": "2026-11-21T10:00:00Z",
        "decided_at": "2026-11-21T10:00:01Z",
    },
    "refunds": [
        {
            "id": "a7c5d1a0-1c5a-4f5b-8a0e-6f9d2b3c4e55",
            "amount": "19.99",
            "currency": "usd",
            "status": "succeeded",
            "created_at": "2026-11-21T10:00:01Z",
        }
    ],
}
WAITING_EXAMPLE: dict[str, Any] = STANDING_EXAMPLE | {
    "status": UNDER_REVIEW,
    "amount_refunded": "0.00",
    "refundable": "19.99",
    "request": STANDING_EXAMPLE["request"] | {"state": "open", "decided_at": None},
    "refunds": [],
}


class RefundView(APIView):
    @extend_schema(
        operation_id="payments_refund_standing",
        summary="Read how it stands with a refund",
        description="`status` is `none` before anything was asked for, `under_review` while an operator decides, "
        "`refused` with `request.answer`, `pending` or `requires_action` while the money is on its way, `refunded`, "
        "`partially_refunded`, or `failed` when the bank did not take it.",
        responses={200: RefundStandingSerializer},
        examples=[OpenApiExample("given back", value=STANDING_EXAMPLE, response_only=True)],
    )
    def get(self, request: Request, payment_id: UUID) -> Response:
        return Response(RefundStandingSerializer(refund_standing(cast(User, request.user), payment_id)).data)

    @extend_schema(
        operation_id="payments_request_refund",
        summary="Ask for one's money back",
        description="The whole of a recent payment up to a certain sum is given back at once (200), once a year; parts "
        "and others wait for an operator (202, `under_review`). Of a subscription that is its whole current period, "
        "which ends it. "
        "Asking again while a request is open answers that request; the same `Idempotency-Key` gives the same refund.",
        parameters=[OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER)],
        request=RefundWishSerializer,
        responses={
            200: RefundStandingSerializer,
            202: RefundStandingSerializer,
            **problem(400, "refund_too_large", "This is more than what is left of the payment."),
            **problem(409, "charge_already_refunded", "This payment has been given back already."),
            **problem(422, "idempotency_key_reused", "This Idempotency-Key was used for another request already."),
            **problem(429, "too_many_requests", "Too many requests. Please wait a moment and try again."),
            **problem(503, "payments_unavailable", "Payments are unavailable for a moment."),
        },
        examples=[
            OpenApiExample("all of it", value={"reason": "I bought the wrong plan."}, request_only=True),
            OpenApiExample(
                "a part", value={"reason": "One of two sessions was missed.", "amount": "5.00"}, request_only=True
            ),
            OpenApiExample("given back", value=STANDING_EXAMPLE, response_only=True, status_codes=["200"]),
            OpenApiExample("to be decided", value=WAITING_EXAMPLE, response_only=True, status_codes=["202"]),
        ],
    )
    def post(self, request: Request, payment_id: UUID) -> Response:
        user = cast(User, request.user)
        payment = refund_standing(user, payment_id).payment
        serializer = RefundWishSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        amount, client_key = serializer.minor_amount(payment), idempotency_key(request)
        hit(WISHES, str(user.pk))
        request_refund(
            user=user,
            payment_id=payment_id,
            reason=serializer.validated_data["reason"],
            amount=amount,
            client_key=client_key,
        )
        standing = refund_standing(user, payment_id)
        return Response(RefundStandingSerializer(standing).data, status=202 if standing.status == UNDER_REVIEW else 200)
