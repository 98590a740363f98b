from typing import Any

from django.conf import settings
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from notifications.stream.admission import TICKET_SECONDS, issue_ticket, visitor_of
from numerai.common.errors import DomainError, ServiceUnavailable, TooManyRequests
from numerai.common.http.openapi import problem
from numerai.common.throttling import Limit, hit

# Enough for a page that comes back every three seconds, in each of five tabs.
TICKETS = Limit("stream_tickets", times=120, seconds=60)
EXAMPLE_URL = "https://api.numerai.example/api/v1/notifications/stream/"
EXAMPLE_EVENTS = """retry: 3000

id: 41
event: hello
data: {"unread":{"count":2,"capped":false},"version":41}

id: 42
event: notification
data: {"id":"5f0c7a52-8f0e-4c43-9a0f-6d0d4b5a2e11","type":"payment","priority":"normal",\
"unread":{"count":3,"capped":false},"version":42}

:

id: 43
event: read
data: {"ids":["5f0c7a52-8f0e-4c43-9a0f-6d0d4b5a2e11"],"unread":{"count":2,"capped":false},"version":43}
"""
STREAM_DESCRIPTION = """Server-sent events, served beside the API: at the `url` that comes with a ticket. Comments \
keep the connection alive.

Every event but `kick` carries `unread` (`{count, capped}`) and `version`, which grows with every event of the person: \
ignore a lower one than you have. `id` is the version.

| event | data besides | when |
|---|---|---|
| `hello` | | the stream is open |
| `notification` | `id`, `type`, `priority` | there is a new one: fetch it |
| `read`, `unread`, `deleted`, `archived`, `prefs` | what it concerns | another page of the person changed something |
| `<app>.<what_happened>` | what the app says | an event of another part of the product |
| `resync` | `reason` | events were lost: fetch list and preferences anew |
| `kick` | `reason`: `signed_out`, `token_expired`, `too_many_streams` | the last event; come back with a new sign-in |

After a break the events since `Last-Event-ID` follow, each once. At most five streams a person: a sixth ends the \
oldest. `docs/live-updates.md` has a client, and what to do without a stream."""


class StreamElsewhere(DomainError):
    status, code, title = 421, "stream_elsewhere", "The stream is served elsewhere"
    detail = "Live updates are served at another address: ask for a ticket, which names it."


class TicketSerializer(serializers.Serializer[Any]):
    ticket = serializers.CharField(help_text="Good for one stream.")
    expires_in = serializers.IntegerField(help_text="Seconds within which the stream must be opened.")
    url = serializers.URLField(help_text="Where the stream is; add `?ticket=`.")


class TicketView(APIView):
    @extend_schema(
        operation_id="notifications_stream_ticket",
        summary="Get a ticket for the stream",
        description="For `EventSource`, which cannot send the Authorization header. A ticket opens one stream, once, "
        "and that stream ends when the access token runs out that was shown here.",
        request=None,
        responses={
            201: TicketSerializer,
            **problem(429, TooManyRequests.code, TooManyRequests.detail),
            **problem(503, ServiceUnavailable.code, ServiceUnavailable.detail),
        },
        examples=[
            OpenApiExample(
                "A ticket",
                value={
                    "ticket": "pV0Zk3lBq8sTqzq0nUuT2bS1rV9rUuX5xw4fN1yYc0E",
                    "expires_in": TICKET_SECONDS,
                    "url": EXAMPLE_URL,
                },
                response_only=True,
                status_codes=["201"],
            )
        ],
    )
    def post(self, request: Request) -> Response:
        visitor = visitor_of(request)
        hit(TICKETS, str(visitor.user_id))
        answer = {"ticket": issue_ticket(visitor), "expires_in": TICKET_SECONDS, "url": settings.STREAM_URL}
        return Response(TicketSerializer(answer).data, status=201)


class StreamView(APIView):
    """Where the stream would be if the API's server could serve it; the proxy sends everybody to the one that does."""

    @extend_schema(
        operation_id="notifications_stream",
        summary="Open the stream",
        description=STREAM_DESCRIPTION,
        parameters=[
            OpenApiParameter("ticket", str, description="In place of the Authorization header. Works once."),
            OpenApiParameter("last_event_id", str, description="In place of the header, for a page with a new ticket."),
            OpenApiParameter("Last-Event-ID", str, OpenApiParameter.HEADER, description="The last `id` that came."),
        ],
        responses={
            (200, "text/event-stream"): OpenApiResponse(OpenApiTypes.STR, description="Events, until the page goes."),
            **problem(421, StreamElsewhere.code, StreamElsewhere.detail),
            **problem(429, TooManyRequests.code, TooManyRequests.detail),
            **problem(503, ServiceUnavailable.code, ServiceUnavailable.detail),
        },
        examples=[
            OpenApiExample(
                "Three events",
                value=EXAMPLE_EVENTS,
                response_only=True,
                status_codes=["200"],
                media_type="text/event-stream",
            )
        ],
    )
    def get(self, request: Request) -> Response:
        raise StreamElsewhere(extra={"url": settings.STREAM_URL})
