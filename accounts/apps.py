from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "People"

    def ready(self) -> None:
        from accounts import checks, kinds  # noqa: F401 - importing checks registers them
        from accounts.models import SecurityEvent
        from accounts.privacy import HOLDING
        from numerai.common import audit
        from numerai.common.privacy import register

        audit.keep(SecurityEvent)
        kinds.register_kinds()
        register(HOLDING)
