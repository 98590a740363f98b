from django.apps import AppConfig


class CommonConfig(AppConfig):
    name = "numerai.common"
    label = "common"
    verbose_name = "Foundation"

    def ready(self) -> None:
        from numerai.common import checks  # noqa: F401
        from numerai.common.audit import tasks  # noqa: F401 - importing tasks registers them
        from numerai.common.privacy import Holding, register
        from numerai.common.privacy.of_others import TABLES, erase

        register(Holding(app="common", tables=TABLES, erase=erase))
