from django.apps import AppConfig


class StormConfig(AppConfig):
    """The owner of the one kind that people are told in a storm."""

    name = "dev.storm"

    def ready(self) -> None:
        from dev.storm.people import TOLD
        from notifications.kinds import register

        register(TOLD)
