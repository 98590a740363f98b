from argparse import ArgumentParser
from collections import Counter
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from accounts.models import User
from numerai.common.errors import DomainError
from payments.models import Drift, ReconcileRun
from payments.reconciling import expected_objects, go_on, start_run


class Command(BaseCommand):
    help = (
        "Holds every subscription, bill, payment, refund and dispute against Stripe, repairs what differs, and prints "
        "what was found. Ends with 1 when something could not be repaired."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only look: report what differs, repair nothing")
        parser.add_argument("--user", metavar="EMAIL_OR_ID", help="compare one person only")

    def handle(self, *args: Any, **options: Any) -> None:
        person = _person(options["user"]) if options["user"] else None
        try:
            run = start_run(is_dry_run=options["dry_run"], person_id=person.pk if person else None)
            _with_progress(run)
        except DomainError as error:
            raise CommandError(error.detail) from error
        self._report(run)

    def _report(self, run: ReconcileRun) -> None:
        drifts = list(run.drifts.order_by("pk"))
        for drift in drifts:
            self.stdout.write(_line(drift, run))
        found = Counter(drift.object_type for drift in drifts)
        kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(found.items())) or "none"
        repaired = sum(drift.is_repaired for drift in drifts)
        self.stdout.write(f"Compared {run.objects_compared} objects. Differences: {kinds}. Repaired: {repaired}.")
        if not run.is_dry_run and repaired < len(drifts):
            raise CommandError(f"{len(drifts) - repaired} differences could not be repaired.")


def _person(named: str) -> User:
    person = User.objects.filter(**({"email__iexact": named} if "@" in named else {"pk": _uuid(named)})).first()
    if person is None:
        raise CommandError(f"Nobody is called {named}.")
    return person


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise CommandError(f"{text} is neither an e-mail address nor an id.") from None


def _with_progress(run: ReconcileRun) -> None:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("", total=expected_objects(run))

        def show(phase: str, count: int) -> None:
            bar.update(task, description=phase.replace("_", " "), advance=count)

        go_on(run, on_progress=show)
        bar.update(task, total=run.objects_compared, completed=run.objects_compared, description="done")


def _line(drift: Drift, run: ReconcileRun) -> str:
    state = "repaired" if drift.is_repaired else "would be repaired" if run.is_dry_run else "NOT repaired"
    changed = [name for name in {**drift.ours, **drift.theirs} if drift.ours.get(name) != drift.theirs.get(name)]
    differences = ", ".join(f"{name} {drift.ours.get(name)} → {drift.theirs.get(name)}" for name in sorted(changed))
    return f"{drift.object_type} {drift.stripe_id}: {differences}; {state}. {drift.explanation}"
