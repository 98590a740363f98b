from django.apps import AppConfig


class DevConfig(AppConfig):
    name = "dev"
    verbose_name = "Development"
