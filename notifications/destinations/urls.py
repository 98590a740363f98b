from django.urls import path

from notifications.destinations import views

urlpatterns = [
    path("devices/", views.DevicesView.as_view(), name="notification-devices"),
    path("devices/web-push/", views.WebPushView.as_view(), name="notification-devices-web-push"),
    path("devices/discord/", views.DiscordView.as_view(), name="notification-devices-discord"),
    path("devices/<uuid:device_id>/", views.DeviceView.as_view(), name="notification-device"),
    path("devices/<uuid:device_id>/enable/", views.DeviceEnableView.as_view(), name="notification-device-enable"),
    path("devices/<uuid:device_id>/test/", views.DeviceTestView.as_view(), name="notification-device-test"),
    path("web-push/key/", views.WebPushKeyView.as_view(), name="notification-web-push-key"),
]
