from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "payments"
    verbose_name = "Money"

    def ready(self) -> None:
        from numerai.common import privacy
        from payments import checks  # noqa: F401
        from payments.privacy import HOLDING
        from payments.sync.notices import register_kinds

        privacy.register(HOLDING)
        register_kinds()
