from django.urls import path

from numerology.readings.views import DailyReadingView

urlpatterns = [
    path("daily-reading/", DailyReadingView.as_view(), name="daily-reading"),
]
