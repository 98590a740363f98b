from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.template.loader import render_to_string
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.views import APIView

from notifications.unsubscribing.links import EVERYTHING, OF_CATEGORY, Link
from notifications.unsubscribing.services import ended_by, holder, unsubscribe
from notifications.wording import category_title, title_of
from notifications.wording.texts import FALLBACK, chain, labels, languages

# Nothing is loaded, and the one form comes back here.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
HTML = "text/html"
TOKEN = OpenApiParameter("token", OpenApiTypes.STR, required=True, description="From the link in the mail.")
PAGES = {
    (200, HTML): OpenApiResponse(OpenApiTypes.STR, description="A page for people."),
    (400, HTML): OpenApiResponse(OpenApiTypes.STR, description="The link is not ours, or its account is closed."),
}
PAGE = OpenApiExample("A page", value="<!doctype html>…", response_only=True, media_type=HTML)


class UnsubscribeView(APIView):
    """For people who come from a mail, and for their mail programs: no sign-in, no cookie, no redirect."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="notifications_unsubscribe_ask",
        summary="Ask whether to end such mails",
        description="The page behind the link at the end of a mail. It changes nothing, because programs that look for "
        "harm follow every link.",
        parameters=[TOKEN],
        responses=PAGES,
        examples=[PAGE],
        auth=[],
    )
    def get(self, request: Request) -> HttpResponse:
        return _answer(request, is_done=False)

    @extend_schema(
        operation_id="notifications_unsubscribe",
        summary="End such mails",
        description="What the page's button and the one click of a mail program (RFC 8058) send. The body is not "
        "looked at; to do it again changes nothing.",
        parameters=[TOKEN],
        request={"application/x-www-form-urlencoded": OpenApiTypes.OBJECT},
        responses=PAGES,
        examples=[
            OpenApiExample(
                "One click",
                value={"List-Unsubscribe": "One-Click"},
                request_only=True,
                media_type="application/x-www-form-urlencoded",
            ),
            PAGE,
        ],
        auth=[],
    )
    def post(self, request: Request) -> HttpResponse:
        return _answer(request, is_done=True)


def _answer(request: Request, *, is_done: bool) -> HttpResponse:
    link = Link.read(request.query_params.get("token", ""))
    person = holder(link) if link else None
    if link is None or person is None:
        return _page({"state": "void"}, FALLBACK, status=400)
    if is_done:
        unsubscribe(link)
    return _page({"state": "stopped" if is_done else "asks", "what": _named(link, person.locale)}, person.locale)


def _named(link: Link, locale: str) -> str:
    if link.what == EVERYTHING:
        return str(labels(locale)["unsubscribing"]["all"])
    if link.what.startswith(OF_CATEGORY):
        return category_title(link.what.removeprefix(OF_CATEGORY), locale)
    return ", ".join(title_of(kind.name, locale) for kind in ended_by(link))


def _page(context: dict[str, Any], locale: str, *, status: int = 200) -> HttpResponse:
    context |= {
        "said": labels(locale)["unsubscribing"],
        "language": next(tag for tag in chain(locale) if tag in languages()),
        "frontend_url": settings.FRONTEND_URL,
    }
    text = render_to_string("notifications/unsubscribe.html", context)
    return HttpResponse(text, status=status, headers={"Content-Security-Policy": POLICY})
