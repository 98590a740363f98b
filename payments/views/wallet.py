from dataclasses import asdict
from typing import Any, cast

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from numerai.common.http.openapi import problem
from numerai.common.throttling import Limit, hit
from payments.serializers.wallet import (
    DefaultPaymentMethodSerializer,
    NewPaymentMethodSerializer,
    PaymentMethodPathSerializer,
    PaymentMethodSerializer,
    PortalRequestSerializer,
    PortalSessionSerializer,
)
from payments.services.wallet.default import set_default_payment_method
from payments.services.wallet.portal import create_portal_session
from payments.services.wallet.removal import remove_payment_method
from payments.services.wallet.saved import add_payment_method, get_customer_payment_methods
from payments.views.headers import idempotency_key

# Saving cards and charging a bill to one after the other is how stolen ones are tried out.
CARD_CHANGES = Limit("card_changes", times=20, seconds=3600)
READS = Limit("card_reads", times=120, seconds=3600)

KEY = OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER)
UNAVAILABLE = problem(503, "payments_unavailable", "Payments are unavailable for a moment.")
BUSY = problem(429, "too_many_requests", "Too many requests. Please wait a moment and try again.")
REUSED = problem(422, "idempotency_key_reused", "This Idempotency-Key was used for another request already.")
IN_PROGRESS = problem(409, "purchase_in_progress", "Another purchase of yours is being carried out.")
CARD_EXAMPLE: dict[str, Any] = {
    "id": "pm_1SVb7tExample",
    "brand": "visa",
    "last4": "4242",
    "exp_month": 12,
    "exp_year": 2034,
    "is_default": True,
}


def _named(payment_method_id: str) -> str:
    """Raises ValidationError for an id of anything else."""
    serializer = PaymentMethodPathSerializer(data={"payment_method_id": payment_method_id})
    serializer.is_valid(raise_exception=True)
    return str(serializer.validated_data["payment_method_id"])


class PaymentMethodsView(APIView):
    @extend_schema(
        operation_id="payments_payment_methods",
        summary="List one's saved cards",
        description="Newest first, read live from Stripe: nothing of a card is stored here. At most 100.",
        responses={200: PaymentMethodSerializer(many=True), **BUSY, **UNAVAILABLE},
        examples=[OpenApiExample("one card", value=[CARD_EXAMPLE], response_only=True, status_codes=["200"])],
    )
    def get(self, request: Request) -> Response:
        hit(READS, str(request.user.pk))
        saved = get_customer_payment_methods(cast(User, request.user))
        return Response([asdict(method) for method in saved])

    @extend_schema(
        operation_id="payments_add_payment_method",
        summary="Save another card",
        description="Nothing is charged. Stripe.js takes the `client_secret` (confirmSetup) and asks for the card, "
        "which never passes through this API.",
        parameters=[KEY],
        request=None,
        responses={201: NewPaymentMethodSerializer, **IN_PROGRESS, **REUSED, **BUSY, **UNAVAILABLE},
        examples=[
            OpenApiExample(
                "a card to be saved",
                value={"client_secret": "seti_1SVb7t_secret_9Xk", "setup_intent_id": "seti_1SVb7t"},
                response_only=True,
                status_codes=["201"],
            )
        ],
    )
    def post(self, request: Request) -> Response:
        client_key = idempotency_key(request)
        hit(CARD_CHANGES, str(request.user.pk))
        return Response(asdict(add_payment_method(user=cast(User, request.user), client_key=client_key)), status=201)


class PaymentMethodView(APIView):
    @extend_schema(
        operation_id="payments_remove_payment_method",
        summary="Forget a saved card",
        description="If bills were charged to it, they are charged to the newest of the others from now on. The last "
        "card of a subscription that goes on is not removed.",
        parameters=[KEY],
        responses={
            204: None,
            **problem(409, "last_payment_method", "Your subscription is paid with this card. Add another card first."),
            **REUSED,
            **BUSY,
            **UNAVAILABLE,
        },
    )
    def delete(self, request: Request, payment_method_id: str) -> Response:
        method, client_key = _named(payment_method_id), idempotency_key(request)
        hit(CARD_CHANGES, str(request.user.pk))
        remove_payment_method(user=cast(User, request.user), payment_method_id=method, client_key=client_key)
        return Response(status=204)


class DefaultPaymentMethodView(APIView):
    @extend_schema(
        operation_id="payments_set_default_payment_method",
        summary="Charge bills to this card",
        description="Future bills are charged to it, and if the subscription is in arrears, the open bill is, once and "
        "at once: `open_invoice` tells how that went.",
        parameters=[KEY],
        request=None,
        responses={200: DefaultPaymentMethodSerializer, **IN_PROGRESS, **REUSED, **BUSY, **UNAVAILABLE},
        examples=[
            OpenApiExample(
                "arrears paid",
                value={
                    "payment_method_id": CARD_EXAMPLE["id"],
                    "open_invoice": "paid",
                    "invoice_url": "https://invoice.stripe.com/i/acct_1/test_2",
                },
                response_only=True,
                status_codes=["200"],
            )
        ],
    )
    def post(self, request: Request, payment_method_id: str) -> Response:
        method, client_key = _named(payment_method_id), idempotency_key(request)
        hit(CARD_CHANGES, str(request.user.pk))
        chosen = set_default_payment_method(
            user=cast(User, request.user), payment_method_id=method, client_key=client_key
        )
        return Response(asdict(chosen))


class PortalSessionView(APIView):
    @extend_schema(
        operation_id="payments_portal_session",
        summary="Open Stripe's customer portal",
        description="Answers a short-lived address where the person looks after cards, bills and the subscription.",
        parameters=[KEY],
        request=PortalRequestSerializer,
        responses={
            201: PortalSessionSerializer,
            **problem(400, "return_url_not_allowed", "The portal leads back to our own pages only."),
            **IN_PROGRESS,
            **REUSED,
            **BUSY,
            **UNAVAILABLE,
        },
        examples=[
            OpenApiExample(
                "back to the billing page", value={"return_url": "http://localhost:3000/billing"}, request_only=True
            ),
            OpenApiExample(
                "an address",
                value={"url": "https://billing.stripe.com/p/session/test_1"},
                response_only=True,
                status_codes=["201"],
            ),
        ],
    )
    def post(self, request: Request) -> Response:
        serializer = PortalRequestSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        client_key = idempotency_key(request)
        hit(CARD_CHANGES, str(request.user.pk))
        url = create_portal_session(
            user=cast(User, request.user),
            return_url=serializer.validated_data.get("return_url", ""),
            client_key=client_key,
        )
        return Response({"url": url}, status=201)
