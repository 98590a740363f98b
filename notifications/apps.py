from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"
    verbose_name = "Notifications"

    def ready(self) -> None:
        from notifications import checks  # noqa: F401 - importing checks registers them
        from notifications.broadcasts.announcing import ANNOUNCEMENT
        from notifications.destinations.notices import DISABLED
        from notifications.digests.summary import SUMMARY
        from notifications.kinds import register as register_kind
        from notifications.privacy import HOLDING
        from numerai.common.privacy import register

        register(HOLDING)
        register_kind(SUMMARY)
        register_kind(DISABLED)
        register_kind(ANNOUNCEMENT)
