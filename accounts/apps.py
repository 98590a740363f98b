from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "People"

    def ready(self) -> None:
        from accounts import checks, kinds, privacy  # noqa: F401 - importing checks registers them
        from numerai.common.privacy import Holding, register

        kinds.register_kinds()
        register(Holding(app=self.name, export=privacy.export, erase=privacy.erase))
