import re
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand

from accounts.leaving.erasing import replay
from accounts.models import Tombstone

# As --list prints them, or as the log names them in its person_erased lines.
SUBJECT = re.compile(r"""(?:^|"subject": ?")([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\b""")


class Command(BaseCommand):
    help = (
        "Erase again whom a restored backup has brought back. A backup knows nothing of erasures after it, so keep the "
        "output of --list beside the backups, or take the person_erased lines of the log."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", help="names erased people besides the table, an id a line; - for input")
        parser.add_argument("--list", action="store_true", help="only print the ids of everybody who was erased")

    def handle(self, *_: Any, **options: Any) -> None:
        known = list(Tombstone.objects.order_by("erased_at", "pk"))
        if options["list"]:
            for stone in known:
                self.stdout.write(f"{stone.subject_id} {stone.erased_at.isoformat()}")
            return
        subjects = dict.fromkeys(stone.subject_id for stone in known)
        if options["file"]:
            subjects |= dict.fromkeys(_named_in(options["file"]))
        erased = replay(subjects)
        self.stdout.write(f"{len(subjects)} people are known to be erased; {erased} were back and are erased again.")


def _named_in(file: str) -> Iterator[UUID]:
    text = sys.stdin.read() if file == "-" else Path(file).read_text()
    return (UUID(found[1]) for line in text.splitlines() if (found := SUBJECT.search(line)))
