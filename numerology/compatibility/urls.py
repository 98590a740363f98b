from django.urls import path

from numerology.compatibility.views import (
    CompatibilityChecksView,
    CompatibilityCheckView,
    CompatibilityHistoryView,
    CompatibilityMatrixView,
)

urlpatterns = [
    path("compatibility-check/", CompatibilityChecksView.as_view(), name="compatibility-check"),
    path("compatibility-check/<uuid:check_id>/", CompatibilityCheckView.as_view(), name="compatibility-check-one"),
    path("compatibility-history/", CompatibilityHistoryView.as_view(), name="compatibility-history"),
    path("compatibility-matrix/", CompatibilityMatrixView.as_view(), name="compatibility-matrix"),
]
