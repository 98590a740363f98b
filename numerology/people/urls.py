from django.urls import path

from numerology.charts.history.views import PersonHistoryView
from numerology.people.charts import PersonBirthChartView, PersonCalculateView, PersonProfileView
from numerology.people.imports.views import ImportsView, ImportView
from numerology.people.views import PeopleView, PersonView, RestoreView

urlpatterns = [
    path("", PeopleView.as_view(), name="people"),
    path("imports/", ImportsView.as_view(), name="people-imports"),
    path("imports/<uuid:import_id>/", ImportView.as_view(), name="people-import"),
    path("<uuid:person_id>/", PersonView.as_view(), name="person"),
    path("<uuid:person_id>/restore/", RestoreView.as_view(), name="person-restore"),
    path("<uuid:person_id>/calculate/", PersonCalculateView.as_view(), name="person-calculate"),
    path("<uuid:person_id>/profile/", PersonProfileView.as_view(), name="person-profile"),
    path("<uuid:person_id>/profile/history/", PersonHistoryView.as_view(), name="person-profile-history"),
    path("<uuid:person_id>/birth-chart/", PersonBirthChartView.as_view(), name="person-birth-chart"),
]
