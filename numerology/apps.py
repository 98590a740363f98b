from django.apps import AppConfig


class NumerologyConfig(AppConfig):
    name = "numerology"
    verbose_name = "Numerology"

    def ready(self) -> None:
        from numerai.common import privacy
        from numerology import checks  # noqa: F401
        from numerology.kinds import register_kinds
        from numerology.privacy import HOLDING

        register_kinds()
        privacy.register(HOLDING)
