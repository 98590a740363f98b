"""A run from its first page to its last. Its row keeps the place, so another worker can go on with it."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import structlog
from django.db import IntegrityError

from numerai.common import audit, clock
from numerai.common.errors import Conflict
from payments.gateway import is_livemode
from payments.gateway.listing import Listable, Page, list_page
from payments.models import Payment, ReconcileRun, RunState, StripeCustomer
from payments.reconciling.access import compare_access
from payments.reconciling.comparing import OF_PAYMENT, Span, compare
from payments.reconciling.customers import compare_customer, compare_customers
from payments.reconciling.mirrors import MIRRORS
from payments.reconciling.missed import fetch_missed_events

log = structlog.get_logger(__name__)

Progress = Callable[[str, int], None]
EVENTS, CUSTOMERS, ACCESS = "events", "customers", "access"
PHASES = (EVENTS, CUSTOMERS, *(kind.value for kind in MIRRORS), ACCESS)
# A page may have a hundred objects to repair.
LEASE = timedelta(minutes=10)
END_OF_TIME = datetime.max.replace(tzinfo=UTC)


class ReconcileRunning(Conflict):
    code = "reconcile_running"
    detail = "Another run is comparing everything already. Please wait until it has ended."


def start_run(*, is_dry_run: bool = False, person_id: UUID | None = None) -> ReconcileRun:
    """A new run, which ``go_on`` carries out. Only one at a time may repair everything: raises ReconcileRunning."""
    try:
        return ReconcileRun.objects.create(
            livemode=is_livemode(), is_dry_run=is_dry_run, person_id=person_id, lease_until=_lease()
        )
    except IntegrityError:
        raise ReconcileRunning from None


def expected_objects(run: ReconcileRun) -> int:
    """About how many objects the run will compare, for a progress bar: as many as we keep."""
    kept = [mirror.model._default_manager.filter(livemode=run.livemode) for mirror in MIRRORS.values()]
    if run.person_id is not None:
        kept = [rows.filter(user_id=run.person_id) for rows in kept if hasattr(rows.model, "user")]
    return sum(rows.count() for rows in kept)


def go_on(run: ReconcileRun, *, on_progress: Progress = lambda phase, count: None) -> ReconcileRun:
    """Compare from where the run stands to the end. ``on_progress(phase, objects)`` is called after every page.

    Raises StripeUnavailable; the run then stays unfinished, to be gone on with later.
    """
    phase, _, place = run.cursor.partition("|")
    with audit.cause("reconcile", run.pk):
        for name in PHASES[PHASES.index(phase) if phase else 0 :]:
            for count in _carry_out(run, name, place if name == phase else ""):
                on_progress(name, count)
    run.state, run.finished_at, run.lease_until = RunState.FINISHED, clock.now(), None
    run.save(update_fields=["state", "finished_at", "lease_until"])
    left = run.drifts.filter(is_repaired=False).count()
    log.info("reconciled", run=str(run.pk), objects=run.objects_compared, drifts=run.drifts.count(), left=left)
    return run


def reconcile_everything() -> None:
    """The nightly run. One that is still going on is left alone, one that was abandoned is gone on with."""
    try:
        run = start_run()
    except ReconcileRunning:
        resume_abandoned_run()
        return
    go_on(run)


def resume_abandoned_run() -> bool:
    """Go on with a run that nobody is working on any more; answers whether there was one."""
    abandoned = ReconcileRun.objects.filter(
        livemode=is_livemode(), state=RunState.RUNNING, lease_until__lte=clock.now()
    )
    for run in abandoned.order_by("started_at"):
        taken = ReconcileRun.objects.filter(pk=run.pk, lease_until=run.lease_until).update(lease_until=_lease())
        if taken:
            run.refresh_from_db()
            go_on(run)
            return True
    return False


def _carry_out(run: ReconcileRun, phase: str, place: str) -> Iterator[int]:
    """Yields how many objects were compared since last, after the run's place has been saved."""
    _save_place(run, phase, place, 0)
    if phase == EVENTS:
        yield fetch_missed_events(run, on_event=lambda: _save_place(run, phase, "", 0)) if run.person_id is None else 0
    elif phase == CUSTOMERS:
        yield _compare_customers(run)
    elif phase == ACCESS:
        yield from _compare_access(run, place)
    else:
        yield from _compare_kind(run, Listable(phase), place)


def _compare_customers(run: ReconcileRun) -> int:
    if run.person_id is None:
        count = compare_customers(run, on_page=lambda: _save_place(run, CUSTOMERS, "", 0))
    else:
        own = _customers_of(run)
        for stripe_id in own:
            compare_customer(run, stripe_id)
        count = len(own)
    run.customers = count
    run.save(update_fields=["customers"])
    return count


def _compare_access(run: ReconcileRun, place: str) -> Iterator[int]:
    while True:
        place, count = compare_access(run, after=place)
        _save_place(run, ACCESS, place, count)
        yield count
        if not place:
            return


def _compare_kind(run: ReconcileRun, kind: Listable, place: str) -> Iterator[int]:
    after, _, moment = place.partition("|")
    until = datetime.fromisoformat(moment) if moment else END_OF_TIME
    for page in _pages(run, kind, after):
        last = page.objects[-1] if page.objects else None
        span = Span(after=last.created_at if last and page.has_more else None, until=until)
        # The lists of one person's objects do not follow upon each other in time.
        count = compare(run, kind, page.objects, span if run.person_id is None else None)
        if last is not None:
            until = last.created_at
            _save_place(run, kind.value, f"{last.id}|{until.isoformat()}", count)
        yield count


def _pages(run: ReconcileRun, kind: Listable, after: str) -> Iterator[Page]:
    """All objects, newest first; for one person those of their customers, or of their payments."""
    if run.person_id is None:
        yield from _pages_of(kind, after=after)
    elif kind in OF_PAYMENT:
        paid = Payment.objects.filter(user_id=run.person_id, livemode=run.livemode, stripe_id__startswith="pi_")
        for stripe_id in paid.exclude(paid_at=None).values_list("stripe_id", flat=True):
            yield from _pages_of(kind, payment_id=stripe_id)
    else:
        for customer in _customers_of(run):
            yield from _pages_of(kind, customer_id=customer)


def _pages_of(kind: Listable, *, after: str = "", customer_id: str = "", payment_id: str = "") -> Iterator[Page]:
    while True:
        page = list_page(kind, after=after, customer_id=customer_id, payment_id=payment_id)
        yield page
        if not page.has_more:
            return
        after = page.objects[-1].id


def _customers_of(run: ReconcileRun) -> list[str]:
    own = StripeCustomer.objects.filter(livemode=run.livemode, deleted_at__isnull=True).filter(user=run.person_id)
    return list(own.values_list("stripe_id", flat=True))


def _save_place(run: ReconcileRun, phase: str, place: str, count: int) -> None:
    run.cursor, run.lease_until = f"{phase}|{place}", _lease()
    run.objects_compared += count
    run.save(update_fields=["cursor", "lease_until", "objects_compared"])


def _lease() -> datetime:
    return clock.now() + LEASE
