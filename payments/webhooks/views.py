"""Where Stripe delivers its events: verify, store, acknowledge. Everything else happens later, in a worker."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.views import APIView

from numerai.common.errors import BodyTooLarge, DomainError, MethodNotAllowed
from numerai.common.http.client_ip import client_ip
from numerai.common.http.openapi import ProblemAwareSchema, problem
from numerai.common.http.problem import problem_response
from numerai.common.throttling import Limit, hit
from payments.gateway import WebhookSignatureInvalid
from payments.webhooks.inbox import store_event
from payments.webhooks.verification import verify_webhook_signature

MAX_EVENT_BYTES = 256 * 1024
FORGERIES = Limit("webhook_forgeries", times=60, seconds=60)


class ReceivedSerializer(serializers.Serializer[Any]):
    received = serializers.BooleanField()


class WebhookSchema(ProblemAwareSchema):
    """The raw body is never parsed by media type, so the framework's own problems do not occur here."""

    def _framework_problems(self) -> list[tuple[int, str, str]]:
        return []


class WebhookView(APIView):
    """REST framework only documents this view: ``post`` reads the raw bytes that are signed, whatever media type
    they claim, and knows no sign-in, CSRF token or limit shared with people."""

    schema = WebhookSchema()
    authentication_classes = ()
    permission_classes = (AllowAny,)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            if request.method != "POST":
                raise MethodNotAllowed
            return self.post(request)
        except DomainError as error:
            response = problem_response(error, request)
            if error.status == 405:
                response["Allow"] = "POST"
            return response

    @extend_schema(
        operation_id="payments_webhook_receive",
        summary="Receive a Stripe event",
        description="Called by Stripe only. The raw body must be signed with one of the endpoint's secrets. An event "
        "is stored once and handled later; a repeated delivery changes nothing and is answered alike.",
        parameters=[OpenApiParameter("Stripe-Signature", str, OpenApiParameter.HEADER, required=True)],
        request={"application/json": {"type": "object", "additionalProperties": True}},
        responses={
            200: ReceivedSerializer,
            **problem(400, "webhook_signature_invalid", "The request is not signed by Stripe, or it is too old."),
            **problem(413, "body_too_large", "The request body is larger than this endpoint accepts."),
            **problem(429, "too_many_requests", "Too many requests. Please wait a moment and try again."),
        },
        examples=[
            OpenApiExample(
                "an event",
                value={
                    "id": "evt_1SVb7uJ2mGk3",
                    "object": "event",
                    "api_version": "2026-10-28.endive",
                    "created": 1795168800,
                    "livemode": False,
                    "type": "invoice.paid",
                    "data": {"object": {"id": "in_1SVb7tJ2mGk3", "object": "invoice", "customer": "cus_TZ81bM"}},
                },
                request_only=True,
            ),
            OpenApiExample("stored", value={"received": True}, response_only=True, status_codes=["200"]),
        ],
        auth=[],
    )
    def post(self, request: HttpRequest) -> HttpResponse:
        payload = request.body
        if len(payload) > MAX_EVENT_BYTES:
            raise BodyTooLarge
        try:
            event = verify_webhook_signature(payload=payload, header=request.META.get("HTTP_STRIPE_SIGNATURE", ""))
        except WebhookSignatureInvalid:
            hit(FORGERIES, client_ip(request))
            raise
        store_event(event)
        return JsonResponse({"received": True})


@csrf_exempt
def webhook_without_slash(request: HttpRequest) -> HttpResponse:
    """The same door, because a redirect to the other spelling would count as a failed delivery."""
    return WebhookView.as_view()(request)
