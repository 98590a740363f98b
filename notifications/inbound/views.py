"""Where providers report on what they were given. They are known by signatures and secrets, and by nothing else."""

from collections.abc import Callable
from typing import Any

import structlog
from anymail import urls as anymail_urls
from anymail.exceptions import AnymailConfigurationError, AnymailWebhookValidationFailure
from anymail.utils import get_request_basic_auth
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.utils.crypto import constant_time_compare
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.views import APIView

from notifications.channels.sms import is_configured
from notifications.inbound import (
    mail,  # noqa: F401 - importing it hears anymail's signal
    sms,
)
from notifications.inbound.refusals import ReportNotAuthentic
from notifications.inbound.reports import take
from numerai.common.errors import DomainError, MethodNotAllowed, NotFound
from numerai.common.http.client_ip import client_ip
from numerai.common.http.openapi import ProblemAwareSchema, problem
from numerai.common.http.problem import problem_response
from numerai.common.throttling import Limit, hit

log = structlog.get_logger(__name__)

FORGERIES = Limit("report_forgeries", times=60, seconds=60)
NOT_FOUND = problem(404, "not_found", "There is nothing here, or it is not yours.")
REFUSED = {
    **problem(403, "report_not_authentic", ReportNotAuthentic.detail),
    **NOT_FOUND,
    **problem(413, "body_too_large", "The request body is larger than this endpoint accepts."),
    **problem(429, "too_many_requests", "Too many requests. Please wait a moment and try again."),
}
FORM = "application/x-www-form-urlencoded"

# By the name of the backend that sends by the provider.
MAIL_PROVIDERS: dict[str, Callable[..., HttpResponse]] = {
    pattern.name.removesuffix("_webhook").removesuffix("_tracking"): pattern.callback
    for pattern in anymail_urls.urlpatterns
    if not pattern.name.endswith("_inbound_webhook")
}


class ReportReceivedSerializer(serializers.Serializer[Any]):
    received = serializers.BooleanField()


class ReportSchema(ProblemAwareSchema):
    """The raw body is never parsed by media type, so the framework's own problems do not occur here."""

    def _framework_problems(self) -> list[tuple[int, str, str]]:
        return []


class ReportView(APIView):
    """REST framework only documents these views: what is signed is the raw request, and whoever sends it has no
    sign-in, CSRF token or limit shared with people."""

    schema = ReportSchema()
    authentication_classes = ()
    permission_classes = (AllowAny,)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            if request.method != "POST":
                raise MethodNotAllowed
            return self.post(request, *args, **kwargs)
        except DomainError as error:
            if isinstance(error, ReportNotAuthentic):
                error = _counted(error, request)
            response = problem_response(error, request)
            if error.status == 405:
                response["Allow"] = "POST"
            return response

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        raise NotImplementedError


class SmsReportView(ReportView):
    @extend_schema(
        operation_id="notifications_webhooks_sms",
        summary="Receive a report on a text",
        description="Called by the provider of texts only, at the address that it was given with the text. The form "
        "is signed. A report on a text that is not known is taken and changes nothing; a repeated one counts once.",
        parameters=[
            OpenApiParameter("X-Twilio-Signature", str, OpenApiParameter.HEADER, required=True),
            OpenApiParameter("delivery", int, description="Which text it is about, as it was given with it."),
        ],
        request={FORM: {"type": "object", "additionalProperties": {"type": "string"}}},
        responses={200: ReportReceivedSerializer, **REFUSED},
        examples=[
            OpenApiExample(
                "a report",
                value={"MessageSid": "SM6bc9f1c2ab4e4a6d", "MessageStatus": "delivered", "To": "+15005550006"},
                request_only=True,
                media_type=FORM,
            ),
            OpenApiExample("taken", value={"received": True}, response_only=True, status_codes=["200"]),
        ],
        auth=[],
    )
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not is_configured():
            raise NotFound
        form = QueryDict(request.body)
        url = settings.API_URL.rstrip("/") + request.get_full_path()
        if not sms.is_authentic(url, form, request.headers.get("X-Twilio-Signature", "")):
            raise ReportNotAuthentic
        report = sms.read(form, request.GET.get("delivery", ""))
        if report is not None:
            take(report)
        return JsonResponse({"received": True})


class MailReportView(ReportView):
    @extend_schema(
        operation_id="notifications_webhooks_email",
        summary="Receive reports on mail",
        description="Called by the provider of mail only, with EMAIL_WEBHOOK_SECRET as HTTP basic authentication and "
        "whatever else that provider signs with. There is no such address without the secret. A report on a mail that "
        "is not known is taken and changes nothing; a repeated one counts once.",
        parameters=[
            OpenApiParameter("provider", str, OpenApiParameter.PATH, description='As in "postmark".'),
            OpenApiParameter("Authorization", str, OpenApiParameter.HEADER, required=True),
        ],
        request={"application/json": OpenApiTypes.OBJECT},
        responses={200: ReportReceivedSerializer, **REFUSED},
        examples=[
            OpenApiExample(
                "a report",
                value={
                    "RecordType": "Delivery",
                    "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
                    "Recipient": "ada@example.com",
                    "DeliveredAt": "2026-11-21T16:33:54Z",
                    "Metadata": {"delivery_id": "4711"},
                },
                request_only=True,
            ),
            OpenApiExample("taken", value={"received": True}, response_only=True, status_codes=["200"]),
        ],
        auth=[],
    )
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        receive = MAIL_PROVIDERS.get(kwargs["provider"])
        secrets = settings.ANYMAIL["WEBHOOK_SECRET"]
        if receive is None or not secrets or not all(secrets):
            raise NotFound
        # Some of the views read the body first, or find their own key missing.
        said = get_request_basic_auth(request) or ""
        if not any(constant_time_compare(said, secret) for secret in secrets):
            raise ReportNotAuthentic
        try:
            receive(request)
        except AnymailWebhookValidationFailure:
            raise ReportNotAuthentic from None
        except AnymailConfigurationError as error:
            log.warning("mail_reports_not_configured", provider=kwargs["provider"], error=str(error))
            raise NotFound from None
        return JsonResponse({"received": True})


def _counted(refusal: DomainError, request: HttpRequest) -> DomainError:
    """Whoever guesses is soon told to wait."""
    try:
        hit(FORGERIES, client_ip(request))
    except DomainError as limited:
        return limited
    return refusal
