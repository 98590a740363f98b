from django.apps import AppConfig


class NumerologyConfig(AppConfig):
    name = "numerology"
    verbose_name = "Numerology"
