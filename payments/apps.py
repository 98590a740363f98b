from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "payments"
    verbose_name = "Money"

    def ready(self) -> None:
        from numerai.common import privacy
        from payments import checks  # noqa: F401
        from payments.invoicing import checks as invoice_checks  # noqa: F401
        from payments.notices.kinds import register_kinds
        from payments.privacy import HOLDING
        from payments.services import contacts  # noqa: F401 - connects its receiver

        privacy.register(HOLDING)
        register_kinds()
