from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from notifications.metrics.exposing import text
from numerai.common.errors import NotAuthenticated, NotFound
from numerai.common.http.problem import problem_response


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """For Prometheus, which shows METRICS_TOKEN as a bearer token. Without that setting there is no such page."""
    if not settings.METRICS_TOKEN:
        return problem_response(NotFound(), request)
    if not constant_time_compare(request.headers.get("Authorization", ""), f"Bearer {settings.METRICS_TOKEN}"):
        return problem_response(NotAuthenticated(), request)
    return HttpResponse(text(), content_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})
