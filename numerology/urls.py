from django.urls import include, path

urlpatterns = [
    path("numerology/", include("numerology.charts.urls")),
    path("numerology/", include("numerology.readings.urls")),
    path("numerology/", include("numerology.remedies.urls")),
    path("numerology/", include("numerology.compatibility.urls")),
    path("numerology/", include("numerology.pictures.urls")),
    path("people/", include("numerology.people.urls")),
]
