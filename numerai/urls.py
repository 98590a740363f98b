from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularSwaggerSplitView

from accounts.pictures.serving import picture
from notifications.metrics.views import metrics
from numerai.common.http.health import healthz, readyz
from numerai.views import HealthView, SchemaView, security_txt

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
    path(".well-known/security.txt", security_txt, name="security-txt"),
    path("api/schema/", SchemaView.as_view(), name="schema"),
    path("api/docs/", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="docs"),
    path("api/v1/health/", HealthView.as_view(), name="health"),
    path("api/v1/", include("accounts.urls")),
    path("media/pictures/<str:name>", picture, name="picture-file"),
    path("api/v1/notifications/", include("notifications.urls")),
    path("api/v1/payments/", include("payments.urls")),
    path("api/v1/", include("numerology.urls")),
    path(settings.ADMIN_PATH, admin.site.urls),
]

handler400 = "numerai.common.http.problem.bad_request"
handler403 = "numerai.common.http.problem.permission_denied"
handler404 = "numerai.common.http.problem.page_not_found"
handler500 = "numerai.common.http.problem.server_error"
