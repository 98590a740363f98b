from django.apps import AppConfig
from django.contrib.admin import apps as admin


class AccountsConfig(AppConfig):
    name = "accounts"
    default = True
    verbose_name = "People"

    def ready(self) -> None:
        from accounts import checks, kinds  # noqa: F401 - importing checks registers them
        from accounts.factors import checks as of_factors  # noqa: F401 - the same
        from accounts.models import SecurityEvent
        from accounts.privacy import HOLDING
        from accounts.social.protocol import checks as social_checks  # noqa: F401 - as above
        from numerai.common import audit
        from numerai.common.privacy import register

        audit.keep(SecurityEvent)
        kinds.register_kinds()
        register(HOLDING)


class DeskConfig(admin.AdminConfig):
    """Django's admin behind a door of ours."""

    default = False
    default_site = "accounts.desk.site.Desk"
