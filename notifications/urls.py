from django.urls import path

from notifications.centre import views

urlpatterns = [
    path("", views.NotificationListView.as_view(), name="notification-list"),
    path("unread-count/", views.UnreadCountView.as_view(), name="notification-unread-count"),
    path("read-all/", views.ReadAllView.as_view(), name="notification-read-all"),
    path("<uuid:public_id>/", views.NotificationView.as_view(), name="notification"),
    path("<uuid:public_id>/read/", views.NotificationReadView.as_view(), name="notification-read"),
]
