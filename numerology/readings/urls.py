from django.urls import path

from numerology.readings.periods.views import MonthlyReadingView, WeeklyReadingView, YearlyReadingView
from numerology.readings.views import DailyReadingView, ReadingHistoryView

urlpatterns = [
    path("daily-reading/", DailyReadingView.as_view(), name="daily-reading"),
    path("reading-history/", ReadingHistoryView.as_view(), name="reading-history"),
    path("weekly-reading/", WeeklyReadingView.as_view(), name="weekly-reading"),
    path("monthly-reading/", MonthlyReadingView.as_view(), name="monthly-reading"),
    path("yearly-reading/", YearlyReadingView.as_view(), name="yearly-reading"),
]
