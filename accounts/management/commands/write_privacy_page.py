from typing import Any

from django.conf import settings
from django.core.management import BaseCommand

from accounts.exporting.page import markdown


class Command(BaseCommand):
    help = "Writes docs/privacy.md from what every app declares of its columns."

    def handle(self, *args: Any, **options: Any) -> None:
        (settings.BASE_DIR / "docs" / "privacy.md").write_text(markdown())
