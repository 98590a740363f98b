from django.urls import path

from numerology.charts.history.views import HistoryView
from numerology.charts.views import BirthChartView, CalculateView, ProfileView

urlpatterns = [
    path("calculate/", CalculateView.as_view(), name="numerology-calculate"),
    path("profile/", ProfileView.as_view(), name="numerology-profile"),
    path("profile/history/", HistoryView.as_view(), name="numerology-profile-history"),
    path("birth-chart/", BirthChartView.as_view(), name="birth-chart"),
]
