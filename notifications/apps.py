from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"
    verbose_name = "Notifications"

    def ready(self) -> None:
        from notifications import checks, privacy  # noqa: F401 - importing checks registers them
        from numerai.common.privacy import Holding, register

        register(Holding(app=self.name, export=privacy.export, erase=privacy.erase))
