"""A run that an operator asks for: written down now, carried out by a worker."""

from django.db import IntegrityError, transaction

from numerai.common import audit, clock
from numerai.common.jobs import enqueue
from payments.gateway import is_livemode
from payments.models import ReconcileRun, RunState
from payments.reconciling.running import ReconcileRunning
from payments.tasks import resume_reconciling


def ask_for_run(*, is_dry_run: bool) -> ReconcileRun:
    """A new run that looks abandoned, so that the next worker takes it; who asked for it is in the audit.

    Only one at a time may repair everything, and one that only looks waits too: raises ReconcileRunning.
    """
    runs = ReconcileRun.objects.filter(livemode=is_livemode(), person_id__isnull=True)
    if is_dry_run and runs.filter(state=RunState.RUNNING).exists():
        raise ReconcileRunning
    try:
        with transaction.atomic():
            run = ReconcileRun.objects.create(livemode=is_livemode(), is_dry_run=is_dry_run, lease_until=clock.now())
            audit.record(ReconcileRun, run.pk, action="asked for", before={}, after={"is_dry_run": is_dry_run})
            enqueue(resume_reconciling)
    except IntegrityError:
        raise ReconcileRunning from None
    return run
