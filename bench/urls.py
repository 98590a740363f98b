from django.http import HttpRequest, JsonResponse
from django.urls import include, path

from accounts.models import User


def bare(request: HttpRequest, user_id: str) -> JsonResponse:
    """The limit: a plain Django view that does one indexed SELECT, behind the same middleware and server."""
    user = User.objects.get(id=user_id)
    return JsonResponse({"id": str(user.id), "email": user.email, "full_name": user.full_name})


urlpatterns = [path("bench/bare/<uuid:user_id>/", bare), path("", include("numerai.urls"))]
