from django.urls import path

from numerology.remedies import views

urlpatterns = [
    path("remedies/", views.RemediesView.as_view(), name="remedies"),
    path("remedies/progress/", views.AllProgressView.as_view(), name="remedies-progress"),
    path("remedies/trackings/", views.TrackingsView.as_view(), name="remedies-trackings"),
    path("remedies/<uuid:remedy_id>/", views.RemedyView.as_view(), name="remedy"),
    path("remedies/<uuid:remedy_id>/track/", views.TrackView.as_view(), name="remedy-track"),
    path("remedies/<uuid:remedy_id>/progress/", views.ProgressView.as_view(), name="remedy-progress"),
    path("remedies/<uuid:remedy_id>/reminder/", views.ReminderView.as_view(), name="remedy-reminder"),
]
