from typing import cast

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from numerai.common.http.openapi import problem
from numerai.common.throttling import hit
from payments.serializers.changes import (
    CancelSubscriptionRequestSerializer,
    ChangedSubscriptionSerializer,
    PauseSubscriptionRequestSerializer,
    changed,
)
from payments.services import cancel_subscription, pause_subscription, resume_subscription
from payments.views.changes import KEY, NOT_RUNNING, UNAVAILABLE
from payments.views.headers import idempotency_key
from payments.views.subscriptions import PURCHASES, SUBSCRIPTION_EXAMPLE


class CancelSubscriptionView(APIView):
    @extend_schema(
        operation_id="payments_cancel_subscription",
        summary="Cancel one's subscription",
        description="At the end of what is paid for, or `now`. A change that is scheduled is withdrawn for good, also "
        "if the cancellation is withdrawn later; `message` says so. Asked again, or for one that is over, the answer "
        "is the same. One that is paused, unpaid or was never paid for ends now in any case. A bill that is open then "
        "is not collected any more. With `refund`, if the house offers it, unused time is given back to the card.",
        parameters=KEY,
        request=CancelSubscriptionRequestSerializer,
        responses={200: ChangedSubscriptionSerializer, **NOT_RUNNING, **UNAVAILABLE},
        examples=[
            OpenApiExample(
                "with a reason", value={"feedback": "too_expensive", "comment": "Back in spring."}, request_only=True
            ),
            OpenApiExample(
                "ends later",
                value={
                    "message": "Your subscription ends on 2026-12-20.",
                    "subscription": SUBSCRIPTION_EXAMPLE
                    | {"cancel_at_period_end": True, "ends_at": "2026-12-20T10:00:00Z"},
                    "client_secret": None,
                },
                response_only=True,
                status_codes=["200"],
            ),
        ],
    )
    def post(self, request: Request) -> Response:
        serializer = CancelSubscriptionRequestSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        client_key = idempotency_key(request)
        hit(PURCHASES, str(request.user.pk))
        wanted = serializer.validated_data
        answer = cancel_subscription(
            user=cast(User, request.user),
            when=wanted["when"],
            refund=wanted["refund"],
            feedback=wanted.get("feedback") or "",
            comment=wanted.get("comment") or "",
            client_key=client_key,
        )
        return Response(changed(answer))


class ResumeSubscriptionView(APIView):
    @extend_schema(
        operation_id="payments_resume_subscription",
        summary="Keep or resume one's subscription",
        description="Withdraws a cancellation: trial and period stay as they were. A change of plan that the "
        "cancellation withdrew does not come back; `message` says so. Ends a pause: a new period begins "
        "and is billed, less what was unused before; while the bank asks the customer to take part, `client_secret` "
        "lets the page confirm the payment. Once it has ended: 409 `subscription_over`.",
        parameters=KEY,
        request=None,
        responses={
            200: ChangedSubscriptionSerializer,
            **problem(402, "card_declined", "Your card was declined. Please use another card or ask your bank."),
            **problem(409, "subscription_over", "Your subscription has ended. Choose a plan to start a new one."),
            **UNAVAILABLE,
        },
        examples=[
            OpenApiExample(
                "kept",
                value={
                    "message": "Your Premium subscription goes on.",
                    "subscription": SUBSCRIPTION_EXAMPLE,
                    "client_secret": None,
                },
                response_only=True,
                status_codes=["200"],
            )
        ],
    )
    def post(self, request: Request) -> Response:
        client_key = idempotency_key(request)
        hit(PURCHASES, str(request.user.pk))
        return Response(changed(resume_subscription(user=cast(User, request.user), client_key=client_key)))


class PauseSubscriptionView(APIView):
    @extend_schema(
        operation_id="payments_pause_subscription",
        summary="Pause one's subscription",
        description="No service and no bills until it is resumed, or until `resumes_at`. What is unused of the period "
        "counts towards the next bill. Not while it is going to end or to change: 409 `subscription_ending`, "
        "`change_pending`, `change_scheduled`.",
        parameters=KEY,
        request=PauseSubscriptionRequestSerializer,
        responses={200: ChangedSubscriptionSerializer, **NOT_RUNNING, **UNAVAILABLE},
        examples=[
            OpenApiExample("until spring", value={"resumes_at": "2027-03-01T00:00:00Z"}, request_only=True),
            OpenApiExample(
                "paused",
                value={
                    "message": "Your Premium subscription is paused until 2027-03-01.",
                    "subscription": SUBSCRIPTION_EXAMPLE
                    | {"status": "paused", "paused_at": "2026-12-01T10:00:00Z", "resumes_at": "2027-03-01T00:00:00Z"},
                    "client_secret": None,
                },
                response_only=True,
                status_codes=["200"],
            ),
        ],
    )
    def post(self, request: Request) -> Response:
        serializer = PauseSubscriptionRequestSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        client_key = idempotency_key(request)
        hit(PURCHASES, str(request.user.pk))
        until = serializer.validated_data.get("resumes_at")
        user = cast(User, request.user)
        return Response(changed(pause_subscription(user=user, resumes_at=until, client_key=client_key)))
