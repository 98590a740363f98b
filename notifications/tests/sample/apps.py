from django.apps import AppConfig


class SampleConfig(AppConfig):
    name = "notifications.tests.sample"
    label = "sample"
