from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from numerai.common.audit.verifying import Damage, Walk, expected_seals, verify


class Command(BaseCommand):
    help = (
        "Holds every row of the audit and of the security events against the chain of seals. Ends with 1 at the first "
        "that was changed, removed or slipped in."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--since", metavar="DATE", type=_moment, help="only what was sealed since this day (UTC)")
        parser.add_argument("--head", metavar="DIGEST", default="", help="a head from the log; it must be in the chain")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            walk = _with_progress(options["since"], options["head"].lower())
        except Damage as damage:
            raise CommandError(str(damage)) from None
        self.stdout.write(
            f"{walk.seals} seals and {walk.rows} rows are as they were sealed; {walk.removed} rows were removed by "
            f"retention, {walk.waiting} wait for their seal."
        )
        self.stdout.write(f"Head: {walk.head}")


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _with_progress(since: datetime | None, head: str) -> Walk:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("seals", total=expected_seals(since))
        return verify(since=since, head=head, on_seal=lambda seal: bar.advance(task))
