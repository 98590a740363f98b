from django.apps import AppConfig


class CommonConfig(AppConfig):
    name = "numerai.common"
    label = "common"
    verbose_name = "Foundation"

    def ready(self) -> None:
        from numerai.common import checks  # noqa: F401
