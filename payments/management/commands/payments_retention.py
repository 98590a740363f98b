from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from payments import retention


class Command(BaseCommand):
    help = "Remove what is past its time: evidence and books after years, the payloads of events after days."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only count")

    def handle(self, *args: Any, **options: Any) -> None:
        due = retention.due()
        if options["dry_run"]:
            for name, rows in due.items():
                self.stdout.write(f"{name}: {rows} due")
            return
        done = dict.fromkeys(due, 0)
        for batch in retention.batches():
            done[batch.name] += batch.rows
            self.stdout.write(f"{batch.name}: {done[batch.name]} of {max(due[batch.name], done[batch.name])}")
        self.stdout.write(f"{sum(done.values())} rows done, nothing else is past its time.")
