from dataclasses import asdict
from typing import Any, cast

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from numerai.common.http.openapi import problem
from numerai.common.throttling import Limit, daily, hit, spend
from payments.selectors.subscriptions import live_subscription_of
from payments.serializers.subscriptions import (
    SOLD,
    CreateSubscriptionRequestSerializer,
    NewSubscriptionSerializer,
    SubscriptionSerializer,
    SubscriptionStatusSerializer,
)
from payments.services import create_subscription
from payments.services.starting.terms import trials_open_to
from payments.views.headers import idempotency_key

# Enough for somebody with several cards, too little for somebody with a list of stolen ones.
PURCHASES = Limit("purchases", times=20, seconds=3600)
PURCHASES_A_DAY = daily("purchases_a_day", times=60)

NO_TRIALS = dict.fromkeys(SOLD, 0)
SUBSCRIPTION_EXAMPLE: dict[str, Any] = {
    "id": "7b9f3a52-0c5e-4a54-9a52-6f0d3a1f2b61",
    "plan": "premium",
    "status": "active",
    "current_period_start": "2026-11-20T10:00:00Z",
    "current_period_end": "2026-12-20T10:00:00Z",
    "cancel_at_period_end": False,
    "ends_at": None,
    "trial_end": None,
    "amount": "19.99",
    "currency": "usd",
    "pending_plan": None,
    "pending_expires_at": None,
    "scheduled_plan": None,
    "scheduled_at": None,
    "paused_at": None,
    "resumes_at": None,
}


class CreateSubscriptionView(APIView):
    @extend_schema(
        operation_id="payments_create_subscription",
        summary="Subscribe to a plan",
        description="With `payment_method_id` the card is charged at once: a decline is a 402 and leaves nothing "
        "behind. Without it, or when the bank asks the customer to take part, the subscription starts `incomplete` "
        "and `client_secret` lets the page confirm the first payment. With a trial nothing is due yet: the secret, if "
        "there is one, is of the type `setup_intent` and saves a card. Each person and each card has one trial; a "
        "card that has had it is refused with `trial_already_used`, unless `trial` is false. The same "
        "`Idempotency-Key` gives the same answer.",
        parameters=[OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER)],
        request=CreateSubscriptionRequestSerializer,
        responses={
            201: NewSubscriptionSerializer,
            **problem(400, "promotion_code_invalid", "This promotion code is not valid, or not for this purchase."),
            **problem(402, "card_declined", "Your card was declined. Please use another card or ask your bank."),
            **problem(409, "already_subscribed", "You have a subscription already."),
            **problem(422, "idempotency_key_reused", "This Idempotency-Key was used for another request already."),
            **problem(429, "too_many_requests", "Too many requests. Please wait a moment and try again."),
            **problem(503, "payments_unavailable", "Payments are unavailable for a moment."),
        },
        examples=[
            OpenApiExample(
                "with a card",
                value={"plan": "premium", "payment_method_id": "pm_card_visa"},
                request_only=True,
            ),
            OpenApiExample(
                "to be confirmed",
                value={
                    "message": "Confirm the payment to start your Premium subscription.",
                    "subscription_id": SUBSCRIPTION_EXAMPLE["id"],
                    "client_secret": "pi_3SVb7t_secret_8Gh2",
                    "client_secret_type": "payment_intent",
                    "trial_days": 0,
                    "status": "incomplete",
                },
                response_only=True,
                status_codes=["201"],
            ),
        ],
    )
    def post(self, request: Request) -> Response:
        serializer = CreateSubscriptionRequestSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        client_key = idempotency_key(request)
        hit(PURCHASES, str(request.user.pk))
        spend(PURCHASES_A_DAY, str(request.user.pk))
        created = create_subscription(
            user=cast(User, request.user),
            plan=serializer.validated_data["plan"],
            payment_method_id=serializer.validated_data.get("payment_method_id") or "",
            promotion_code=serializer.validated_data.get("promotion_code") or "",
            wants_trial=serializer.validated_data["trial"],
            client_key=client_key,
        )
        return Response(asdict(created), status=201)


class SubscriptionStatusView(APIView):
    @extend_schema(
        operation_id="payments_subscription_status",
        summary="Read one's subscription",
        description="The subscription that is in force, in Stripe's words. One that is not paid for yet, or has "
        "ended, is none. `trial_days` tells what this person would be given now: everybody has one trial.",
        responses={200: SubscriptionStatusSerializer},
        examples=[
            OpenApiExample(
                "subscribed",
                value={"has_subscription": True, "subscription": SUBSCRIPTION_EXAMPLE, "trial_days": NO_TRIALS},
                response_only=True,
            ),
            OpenApiExample(
                "not subscribed",
                value={"has_subscription": False, "subscription": None, "trial_days": NO_TRIALS | {"elite": 7}},
                response_only=True,
            ),
        ],
    )
    def get(self, request: Request) -> Response:
        row = live_subscription_of(cast(User, request.user))
        shown = SubscriptionSerializer(row).data if row else None
        days = dict.fromkeys(SOLD, 0) if row else trials_open_to(cast(User, request.user))
        return Response({"has_subscription": row is not None, "subscription": shown, "trial_days": days})
