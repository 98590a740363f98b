"""One page of Stripe's objects against our rows."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog

from numerai.common import clock
from payments import gateway
from payments.gateway.listing import Facts, Listable, Listed, fetch_facts
from payments.models import Drift, Payment, ReconcileRun, StripeCustomer, WebhookEvent
from payments.models.webhook_event import OPEN
from payments.reconciling.explaining import explain
from payments.reconciling.mirrors import MIRRORS, facts_of

log = structlog.get_logger(__name__)

# What an event has told of so recently is late, not lost.
LATENESS = timedelta(minutes=5)
OF_PAYMENT = (Listable.REFUND, Listable.DISPUTE)


@dataclass(frozen=True)
class Span:
    """The moments of creation that a page of Stripe's list covers: later than ``after``, at most ``until``."""

    after: datetime | None
    until: datetime


def compare(run: ReconcileRun, kind: Listable, objects: tuple[Listed, ...], span: Span | None) -> int:
    """Record, and unless the run only looks repair, what differs; answers how many objects were compared. With a span,
    rows of ours that belong into it and are not among the objects count as well.

    Raises StripeUnavailable, after which the same page can be compared again.
    """
    ours = _ours(kind, objects)
    rows = MIRRORS[kind].rows(each.id for each in ours)
    for each in ours:
        if facts_of(rows.get(each.id), each.facts) != each.facts:
            _settle(run, kind, each)
    if span is not None:
        for row in MIRRORS[kind].unlisted(
            (each.id for each in objects), after=span.after, until=span.until, livemode=run.livemode
        ):
            _settle_unlisted(run, kind, row)
    return len(ours)


def _ours(kind: Listable, objects: tuple[Listed, ...]) -> list[Listed]:
    """Another product may sell under the same account, so what belongs to none of our customers is left alone."""
    if kind in OF_PAYMENT:
        paid = Payment.objects.filter(stripe_id__in={each.payment_id for each in objects})
        known = set(paid.values_list("stripe_id", flat=True))
        return [each for each in objects if each.payment_id in known]
    customers = StripeCustomer.objects.filter(stripe_id__in={each.customer_id for each in objects})
    known = set(customers.values_list("stripe_id", flat=True))
    return [each for each in objects if each.customer_id in known]


def _settle(run: ReconcileRun, kind: Listable, each: Listed) -> None:
    """Look at one object again, now that the list may have grown old, and repair it."""
    if _is_late(each.id):
        return
    before = facts_of(MIRRORS[kind].row(each.id), each.facts)
    theirs = each.facts
    if not run.is_dry_run:
        trouble = _repair(kind, each)
        after = facts_of(MIRRORS[kind].row(each.id), each.facts)
        if trouble is None and after == before == {}:
            return
        if after != theirs:
            theirs = fetch_facts(kind, each.id)
        if before != theirs:
            record(run, kind, each.id, before, theirs, trouble=trouble, is_repaired=after == theirs)
        return
    theirs = fetch_facts(kind, each.id)
    before = facts_of(MIRRORS[kind].row(each.id), theirs)
    if before != theirs and (before or _is_mirrored(kind, each)):
        record(run, kind, each.id, before, theirs)


def _is_mirrored(kind: Listable, each: Listed) -> bool:
    """Whether a repair would make a row: a customer of ours may have bought from another product as well."""
    if kind == Listable.PAYMENT_INTENT:
        return each.names_kind or bool(gateway.invoice_of_payment(each.id))
    return each.names_kind or kind != Listable.CHECKOUT_SESSION


def _settle_unlisted(run: ReconcileRun, kind: Listable, row: Any) -> None:
    """A row that the list did not show where it belongs: a matter of a second, or an object that is gone."""
    try:
        fetch_facts(kind, row.stripe_id)
    except gateway.ObjectMissing:
        record(run, kind, row.stripe_id, {"exists": True}, {"exists": False}, trouble="Stripe no longer knows it.")


def _is_late(stripe_id: str) -> bool:
    recent = WebhookEvent.objects.filter(object_id=stripe_id, state__in=OPEN, received_at__gte=clock.now() - LATENESS)
    return recent.exists()


def _repair(kind: Listable, each: Listed) -> str | None:
    """What stood in the way of the repair; None for nothing."""
    try:
        MIRRORS[kind].repair(each)
    except gateway.StripeUnavailable:
        raise
    except Exception as error:
        log.exception("reconcile_could_not_repair", kind=kind.value, object=each.id)
        return f"{type(error).__name__}: {error}"
    return None


def record(
    run: ReconcileRun,
    kind: Listable,
    stripe_id: str,
    ours: Facts,
    theirs: Facts,
    *,
    trouble: str | None = None,
    is_repaired: bool = False,
) -> None:
    explanation = explain(stripe_id) if trouble is None else f"{trouble} {explain(stripe_id)}"
    Drift.objects.update_or_create(
        run=run,
        object_type=kind.value,
        stripe_id=stripe_id,
        defaults={"ours": ours, "theirs": theirs, "explanation": explanation[:500], "is_repaired": is_repaired},
    )
    if not is_repaired and not run.is_dry_run:
        log.error("drift_not_repaired", kind=kind.value, object=stripe_id, run=str(run.pk))
