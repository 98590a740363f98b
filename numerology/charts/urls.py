from django.urls import path

from numerology.charts.views import BirthChartView, CalculateView, ProfileView

urlpatterns = [
    path("calculate/", CalculateView.as_view(), name="numerology-calculate"),
    path("profile/", ProfileView.as_view(), name="numerology-profile"),
    path("birth-chart/", BirthChartView.as_view(), name="birth-chart"),
]
