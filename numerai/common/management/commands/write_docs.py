from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, call_command

from numerai.common.http.catalogue import markdown


class Command(BaseCommand):
    help = "Writes the pages of docs/ that are made from the code: openapi.yaml and errors.md."

    def handle(self, *args: Any, **options: Any) -> None:
        docs = settings.BASE_DIR / "docs"
        call_command("spectacular", validate=True, fail_on_warn=True, file=str(docs / "openapi.yaml"))
        (docs / "errors.md").write_text(markdown())
