from django.urls import path

from numerology.charts.grids.views import LoShuGridView
from numerology.charts.history.views import HistoryView
from numerology.charts.reports.views import FullReportView, LifePathAnalysisView
from numerology.charts.views import BirthChartView, CalculateView, ProfileView
from numerology.charts.whole.views import ChartView

urlpatterns = [
    path("calculate/", CalculateView.as_view(), name="numerology-calculate"),
    path("profile/", ProfileView.as_view(), name="numerology-profile"),
    path("profile/history/", HistoryView.as_view(), name="numerology-profile-history"),
    path("birth-chart/", BirthChartView.as_view(), name="birth-chart"),
    path("chart/", ChartView.as_view(), name="numerology-chart"),
    path("life-path-analysis/", LifePathAnalysisView.as_view(), name="life-path-analysis"),
    path("full-report/", FullReportView.as_view(), name="full-report"),
    path("lo-shu-grid/", LoShuGridView.as_view(), name="lo-shu-grid"),
]
