from dataclasses import asdict
from typing import Any, cast
from uuid import UUID

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from numerai.common.errors import NotFound
from numerai.common.http.fields import picked
from numerai.common.http.openapi import problem
from numerai.common.http.pagination import PARAMETERS as PAGE_PARAMETERS
from numerai.common.http.pagination import page_body, page_of
from numerai.common.throttling import Limit, hit, spend
from payments.selectors.purchases import payment_of, payments_of
from payments.serializers.purchases import (
    CheckoutStatusSerializer,
    CreateCheckoutRequestSerializer,
    CreatePaymentRequestSerializer,
    NewCheckoutSerializer,
    NewPaymentSerializer,
    PaymentFilterSerializer,
    PaymentPageSerializer,
    PaymentSerializer,
    PaymentStatusSerializer,
)
from payments.services import (
    create_checkout_session,
    create_payment_intent,
    retrieve_checkout_session,
    retrieve_payment_intent,
)
from payments.views.headers import idempotency_key
from payments.views.subscriptions import PURCHASES, PURCHASES_A_DAY

# Each may cost a look at Stripe; a page that waits asks every few seconds.
LOOKS = Limit("payment_looks", times=600, seconds=3600)

KEY_HEADER = OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER)
MISSING = problem(404, "not_found", "There is nothing here, or it is not yours.")
WRONG_ID = problem(400, "wrong_id", "This is no id of what is asked for here.")
REFUSALS: dict[Any, Any] = {
    **problem(400, "amount_invalid", "This amount cannot be charged."),
    **problem(400, "not_for_sale", "There is nothing of this kind for sale."),
    **MISSING,
    **problem(409, "paid_already", "Your earlier payment for this has gone through."),
    **problem(409, "purchase_limit_reached", "You have bought this as often as one person may."),
    **problem(409, "daily_limit_reached", "This would be more than one person may spend here in a day."),
    **problem(409, "purchase_under_review", "We want to look at this purchase first."),
    **problem(422, "idempotency_key_reused", "This Idempotency-Key was used for another request already."),
    **problem(429, "too_many_requests", "Too many requests. Please wait a moment and try again."),
    **problem(503, "payments_unavailable", "Payments are unavailable for a moment."),
}

PAYMENT_EXAMPLE: dict[str, Any] = {
    "id": "4be0643f-1d98-473b-97cd-ca98a65347dd",
    "payment_intent_id": "pi_3SVb7tLkdIwHu7ix0",
    "kind": "tournament_entry",
    "reference": "spring-open",
    "description": "Entry to the Spring Open",
    "amount": "25.00",
    "amount_refunded": "0.00",
    "currency": "usd",
    "status": "succeeded",
    "is_fulfilled": True,
    "receipt_url": "https://pay.stripe.com/receipts/payment/1",
    "paid_at": "2026-11-20T10:00:02Z",
    "created_at": "2026-11-20T10:00:00Z",
}
NEW_PAYMENT_EXAMPLE = {
    "payment_id": PAYMENT_EXAMPLE["id"],
    "payment_intent_id": PAYMENT_EXAMPLE["payment_intent_id"],
    "client_secret": "pi_3SVb7tLkdIwHu7ix0_secret_8Gh2",
    "status": "requires_payment_method",
    "amount": "25.00",
    "currency": "usd",
}
NEW_CHECKOUT_EXAMPLE = {
    "session_id": "cs_test_a1B2c3",
    "url": "https://checkout.stripe.com/c/pay/cs_test_a1B2c3",
    "expires_at": "2026-11-21T10:00:00Z",
}
CHECKOUT_EXAMPLE: dict[str, Any] = {
    "id": "5a0e8a3e-4f0c-4a43-8b44-7b1a7a3f2c11",
    "session_id": NEW_CHECKOUT_EXAMPLE["session_id"],
    "kind": "tournament_entry",
    "reference": "spring-open",
    "plan": "",
    "description": "Entry to the Spring Open",
    "amount": "25.00",
    "currency": "usd",
    "status": "complete",
    "payment_status": "paid",
    "payment": PAYMENT_EXAMPLE,
    "subscription_id": None,
    "subscription_status": None,
    "expires_at": NEW_CHECKOUT_EXAMPLE["expires_at"],
}


def answer(name: str, value: dict[str, Any], status: int = 200) -> OpenApiExample:
    return OpenApiExample(name, value=value, response_only=True, status_codes=[str(status)])


class CreatePaymentView(APIView):
    @extend_schema(
        operation_id="payments_create_payment",
        summary="Buy one thing",
        description="What can be bought (`kind`, `reference`) comes from the apps that sell it; `GET products/` lists "
        "the kinds. The seller names the price. With `payment_method_id` the card is charged at once: a decline is a "
        "402 and leaves nothing behind. Without it, or when the bank asks the customer to take part, `client_secret` "
        "lets the page confirm the payment. If `amount` or `currency` is sent and is not the price any more, nothing "
        "is made. An unpaid payment for the same thing is offered again. The same `Idempotency-Key` gives the same "
        "answer, refusals included.",
        parameters=[KEY_HEADER],
        request=CreatePaymentRequestSerializer,
        responses={
            201: NewPaymentSerializer,
            **REFUSALS,
            **problem(402, "card_declined", "Your card was declined. Please use another card or ask your bank."),
            **problem(409, "price_changed", "The price has changed. Please look at the new one and confirm it."),
        },
        examples=[
            OpenApiExample(
                "an entry fee",
                value={"kind": "tournament_entry", "reference": "spring-open", "amount": "25.00", "currency": "usd"},
                request_only=True,
            ),
            answer("to be confirmed", NEW_PAYMENT_EXAMPLE, 201),
        ],
    )
    def post(self, request: Request) -> Response:
        serializer = CreatePaymentRequestSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        client_key = idempotency_key(request)
        hit(PURCHASES, str(request.user.pk))
        spend(PURCHASES_A_DAY, str(request.user.pk))
        wanted = serializer.validated_data
        created = create_payment_intent(
            user=cast(User, request.user),
            kind=wanted["kind"],
            reference=wanted["reference"],
            payment_method_id=wanted.get("payment_method_id") or "",
            amount=wanted.get("amount", ""),
            currency=wanted.get("currency", ""),
            client_key=client_key,
        )
        return Response(asdict(created), status=201)


class CreateCheckoutView(APIView):
    @extend_schema(
        operation_id="payments_create_checkout_session",
        summary="Pay on Stripe's own page",
        description="For one thing (`kind` and `reference`) or for a `plan`. The paths are the frontend's own; Stripe "
        "adds `session_id` to the query of the first, with which the page asks for the outcome. An earlier page for "
        "the same thing is closed.",
        parameters=[KEY_HEADER],
        request=CreateCheckoutRequestSerializer,
        responses={
            201: NewCheckoutSerializer,
            **REFUSALS,
            **problem(409, "already_subscribed", "You have a subscription already."),
        },
        examples=[
            OpenApiExample("a plan", value={"plan": "premium", "success_path": "/billing/thanks"}, request_only=True),
            answer("a page", NEW_CHECKOUT_EXAMPLE, 201),
        ],
    )
    def post(self, request: Request) -> Response:
        serializer = CreateCheckoutRequestSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        client_key = idempotency_key(request)
        hit(PURCHASES, str(request.user.pk))
        spend(PURCHASES_A_DAY, str(request.user.pk))
        created = create_checkout_session(
            user=cast(User, request.user), client_key=client_key, **serializer.validated_data
        )
        return Response(asdict(created), status=201)


class PaymentStatusView(APIView):
    @extend_schema(
        operation_id="payments_status",
        summary="Ask whether a payment has gone through",
        description="Looks at Stripe and hands over at once what is paid, whether or not the webhook has come. The id "
        "is the payment intent's, or the payment's own. While Stripe is away the last known state is answered.",
        parameters=[OpenApiParameter("payment_intent_id", str, OpenApiParameter.PATH)],
        responses={200: PaymentStatusSerializer, **WRONG_ID, **MISSING},
        examples=[answer("paid", {"is_verified": True, "payment": PAYMENT_EXAMPLE})],
    )
    def get(self, request: Request, payment_intent_id: str) -> Response:
        hit(LOOKS, str(request.user.pk))
        found = retrieve_payment_intent(user=cast(User, request.user), payment_intent_id=payment_intent_id)
        return Response(PaymentStatusSerializer(found).data)


class CheckoutStatusView(APIView):
    @extend_schema(
        operation_id="payments_checkout_status",
        summary="Ask how a visit to Stripe's page has ended",
        description="For the page that Stripe leads back to: looks at Stripe and hands over at once what is paid, "
        "whether or not the webhook has come. `complete` and `unpaid` means that the bank takes its time.",
        parameters=[OpenApiParameter("session_id", str, OpenApiParameter.PATH)],
        responses={200: CheckoutStatusSerializer, **WRONG_ID, **MISSING},
        examples=[answer("paid", {"is_verified": True, "checkout": CHECKOUT_EXAMPLE})],
    )
    def get(self, request: Request, session_id: str) -> Response:
        hit(LOOKS, str(request.user.pk))
        found = retrieve_checkout_session(user=cast(User, request.user), session_id=session_id)
        return Response(CheckoutStatusSerializer(found).data)


class MyPaymentsView(APIView):
    @extend_schema(
        operation_id="payments_my_payments",
        summary="List one's payments",
        description="Newest first, a page at a time: single purchases and the bills of plans. Days are those of one's "
        "own time zone, both included.",
        parameters=[
            PaymentFilterSerializer,
            *PAGE_PARAMETERS,
        ],
        responses={200: PaymentPageSerializer, **MISSING},
        examples=[answer("one payment", {"count": 1, "next": None, "previous": None, "results": [PAYMENT_EXAMPLE]})],
    )
    def get(self, request: Request) -> Response:
        wanted = PaymentFilterSerializer(data=picked(request.query_params.dict(), "from", "to"))
        wanted.is_valid(raise_exception=True)
        page, count, rows = page_of(request, payments_of(cast(User, request.user), **wanted.validated_data))
        return Response(page_body(request, page, count, list(PaymentSerializer(rows, many=True).data)))


class PaymentView(APIView):
    @extend_schema(
        operation_id="payments_payment",
        summary="Read one payment",
        description="As last known here, without a look at Stripe. The id is ours.",
        responses={200: PaymentSerializer, **MISSING},
        examples=[answer("paid", PAYMENT_EXAMPLE)],
    )
    def get(self, request: Request, payment_id: UUID) -> Response:
        row = payment_of(cast(User, request.user), payment_id)
        if row is None:
            raise NotFound
        return Response(PaymentSerializer(row).data)
