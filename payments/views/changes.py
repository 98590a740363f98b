from typing import Any, cast

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from numerai.common.http.openapi import problem
from numerai.common.throttling import Limit, hit
from payments.serializers.changes import (
    ChangedSubscriptionSerializer,
    ChangePreviewSerializer,
    PreviewChangeRequestSerializer,
    UpdateSubscriptionRequestSerializer,
    changed,
    shown,
)
from payments.services import cancel_subscription, change_plan, preview_change, redeem, resume_subscription
from payments.services.subscriptions.answers import Answer
from payments.views.headers import idempotency_key
from payments.views.subscriptions import PURCHASES, SUBSCRIPTION_EXAMPLE

NOT_RUNNING = problem(409, "no_subscription", "You have no subscription. Choose a plan to start one.")
UNAVAILABLE = {
    **problem(422, "idempotency_key_reused", "This Idempotency-Key was used for another request already."),
    **problem(429, "too_many_requests", "Too many requests. Please wait a moment and try again."),
    **problem(503, "payments_unavailable", "Payments are unavailable for a moment."),
}
# Looking costs nothing, but each look is a call to Stripe.
PREVIEWS = Limit("change_previews", times=60, seconds=3600)
KEY = [OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER)]


class UpdateSubscriptionView(APIView):
    @extend_schema(
        operation_id="payments_update_subscription",
        summary="Change one's subscription",
        description="A higher `plan` holds at once and its difference is billed now: at the cent of the preview when "
        "its `proration_date` is sent back. A declined card is a 402 and leaves the old plan; when the bank asks the "
        "customer to take part, `client_secret` lets the page confirm the payment, and until then the old plan stays "
        "with `pending_plan` beside it. A lower plan waits for the end of the period (`scheduled_plan`). The present "
        "plan withdraws a change that waits. In a trial every change holds at once and costs nothing. "
        "`cancel_at_period_end` cancels or, when false, withdraws a cancellation, also together with a plan. A "
        "`promotion_code` lowers the bills to come. While the subscription is not running: 409 `subscription_"
        "incomplete`, `subscription_past_due`, `subscription_paused`, `subscription_over`, `subscription_ending`; "
        "while another change waits: `change_pending`.",
        parameters=KEY,
        request=UpdateSubscriptionRequestSerializer,
        responses={
            200: ChangedSubscriptionSerializer,
            **problem(400, "proration_date_invalid", "The date is outside of the present period, or still to come."),
            **problem(402, "card_declined", "Your card was declined. Please use another card or ask your bank."),
            **problem(409, "change_pending", "A change of your plan waits for its payment."),
            **UNAVAILABLE,
        },
        examples=[
            OpenApiExample("a higher plan", value={"plan": "elite"}, request_only=True),
            OpenApiExample("cancel", value={"cancel_at_period_end": True}, request_only=True),
            OpenApiExample(
                "to be confirmed",
                value={
                    "message": "Confirm the payment to change to Elite.",
                    "subscription": SUBSCRIPTION_EXAMPLE
                    | {"pending_plan": "elite", "pending_expires_at": "2026-12-02T09:00:00Z"},
                    "client_secret": "pi_3SVb7t_secret_8Gh2",
                },
                response_only=True,
                status_codes=["200"],
            ),
        ],
    )
    def post(self, request: Request) -> Response:
        serializer = UpdateSubscriptionRequestSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        client_key = idempotency_key(request)
        hit(PURCHASES, str(request.user.pk))
        return Response(changed(_update(cast(User, request.user), serializer.validated_data, client_key)))


def _update(user: User, wanted: dict[str, Any], client_key: str) -> Answer:
    at_end, code = wanted["cancel_at_period_end"], wanted.get("promotion_code") or ""
    if "plan" in wanted:
        return change_plan(
            user=user,
            plan=wanted["plan"],
            goes_on=at_end is False,
            proration_date=wanted.get("proration_date"),
            promotion_code=code,
            client_key=client_key,
        )
    if at_end is None:
        return redeem(user=user, promotion_code=code, client_key=client_key)
    if at_end:
        return cancel_subscription(user=user, client_key=client_key)
    return resume_subscription(user=user, ends_pause=False, client_key=client_key)


class PreviewChangeView(APIView):
    @extend_schema(
        operation_id="payments_preview_change",
        summary="See what a change of plan costs",
        description="Amounts are decimal strings in major units. `amount_due` is charged when the change is made; with "
        "`proration_date` sent back it is that to the cent, as long as the period lasts. A lower plan costs nothing "
        "now and takes effect at the end of the period.",
        request=PreviewChangeRequestSerializer,
        responses={
            200: ChangePreviewSerializer,
            **problem(400, "proration_date_invalid", "The date is outside of the present period, or still to come."),
            **NOT_RUNNING,
            **problem(429, "too_many_requests", "Too many requests. Please wait a moment and try again."),
            **problem(503, "payments_unavailable", "Payments are unavailable for a moment."),
        },
        examples=[
            OpenApiExample("a higher plan", value={"plan": "elite"}, request_only=True),
            OpenApiExample(
                "half of the period is left",
                value={
                    "plan": "elite",
                    "is_immediate": True,
                    "takes_effect_at": "2026-12-05T10:00:00Z",
                    "proration_date": "2026-12-05T10:00:00Z",
                    "amount_due": "5.00",
                    "next_amount": "29.99",
                    "next_payment_at": "2026-12-20T10:00:00Z",
                    "currency": "usd",
                    "lines": [
                        {
                            "description": "Unused time on Premium after 05 Dec 2026",
                            "amount": "-10.00",
                            "is_proration": True,
                            "period_start": "2026-12-05T10:00:00Z",
                            "period_end": "2026-12-20T10:00:00Z",
                        },
                        {
                            "description": "Remaining time on Elite after 05 Dec 2026",
                            "amount": "15.00",
                            "is_proration": True,
                            "period_start": "2026-12-05T10:00:00Z",
                            "period_end": "2026-12-20T10:00:00Z",
                        },
                    ],
                },
                response_only=True,
                status_codes=["200"],
            ),
        ],
    )
    def post(self, request: Request) -> Response:
        serializer = PreviewChangeRequestSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        hit(PREVIEWS, str(request.user.pk))
        preview = preview_change(user=cast(User, request.user), **serializer.validated_data)
        return Response(shown(preview))
