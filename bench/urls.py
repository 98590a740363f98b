from uuid import uuid4

from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt

from accounts.models import User
from numerai.common import clock


def bare(request: HttpRequest, user_id: str) -> JsonResponse:
    """The limit: a plain Django view that does one indexed SELECT, behind the same middleware and server."""
    user = User.objects.get(id=user_id)
    return JsonResponse({"id": str(user.id), "email": user.email, "full_name": user.full_name})


@csrf_exempt
def bare_insert(request: HttpRequest) -> JsonResponse:
    """The limit of taking an event in: a plain Django view that does one INSERT of the body, with a unique id."""
    row = (str(uuid4()), request.headers["X-Event"], request.body.decode(), clock.now())
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO bench_inbox (id, event_id, payload, received_at) VALUES (%s, %s, %s, %s)", row)
    return JsonResponse({"received": True})


urlpatterns = [
    path("bench/bare/<uuid:user_id>/", bare),
    path("bench/insert/", bare_insert),
    path("", include("numerai.urls")),
]
