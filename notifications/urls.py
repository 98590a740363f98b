from django.urls import include, path

from notifications.centre import acts, views
from notifications.inbound.views import MailReportView, SmsReportView
from notifications.preferences.views import PreferencesView
from notifications.stream.views import StreamView, TicketView
from notifications.unsubscribing.views import UnsubscribeView

urlpatterns = [
    path("", views.NotificationListView.as_view(), name="notification-list"),
    path("recent/", views.RecentView.as_view(), name="notification-recent"),
    path("unread-count/", views.UnreadCountView.as_view(), name="notification-unread-count"),
    path("read-all/", acts.ReadAllView.as_view(), name="notification-read-all"),
    path("stream/", StreamView.as_view(), name="notification-stream"),
    path("stream/ticket/", TicketView.as_view(), name="notification-stream-ticket"),
    path("preferences/", PreferencesView.as_view(), name="notification-preferences"),
    path("unsubscribe/", UnsubscribeView.as_view(), name="notification-unsubscribe"),
    path("bulk/", acts.BulkView.as_view(), name="notification-bulk"),
    path("", include("notifications.destinations.urls")),
    path("webhooks/sms/", SmsReportView.as_view(), name="notification-sms-reports"),
    path("webhooks/email/<slug:provider>/", MailReportView.as_view(), name="notification-mail-reports"),
    path("<uuid:public_id>/", views.NotificationView.as_view(), name="notification"),
    path("<uuid:public_id>/deliveries/", views.DeliveriesView.as_view(), name="notification-deliveries"),
    path("<uuid:public_id>/read/", acts.ReadView.as_view(), name="notification-read"),
    path("<uuid:public_id>/unread/", acts.UnreadView.as_view(), name="notification-unread"),
    path("<uuid:public_id>/archive/", acts.ArchiveView.as_view(), name="notification-archive"),
    path("<uuid:public_id>/unarchive/", acts.UnarchiveView.as_view(), name="notification-unarchive"),
]
