from typing import Any

from django.core.management import BaseCommand, call_command

from dev.demo_data import load_demo_data


class Command(BaseCommand):
    help = "Migrates the local database and loads the demo data; safe to run again."

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", verbosity=0, interactive=False)
        load_demo_data()
