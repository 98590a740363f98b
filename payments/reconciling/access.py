"""What people may use, against what their subscriptions pay for."""

from datetime import datetime
from uuid import UUID

import structlog
from django.db import transaction

from accounts.models import Plan, User
from numerai.common import clock
from payments.models import Drift, ReconcileRun, StripeCustomer, Subscription
from payments.sync.access import Access, paid_access, paid_access_of, refresh_access
from payments.sync.locks import customer_lock

log = structlog.get_logger(__name__)

BATCH = 500


def compare_access(run: ReconcileRun, *, after: str) -> tuple[str, int]:
    """Compare the next people whose id is greater than ``after``; answers the last of them, "" when that was all, and
    how many they were."""
    chosen = _next_people(run, after)
    batch = list(User.objects.filter(pk__in=chosen).order_by("pk").values_list("pk", "plan", "plan_until"))
    due = paid_access_of(chosen)
    for user_id, plan, until in batch:
        if not _agrees(plan, until, due[user_id]):
            _settle(run, user_id)
    return (str(chosen[-1]) if len(chosen) == BATCH else ""), len(batch)


def _next_people(run: ReconcileRun, after: str) -> list[UUID]:
    """Who has a plan or pays for one, each read along an index of its own: both at once would read all subscriptions
    for every batch."""
    paying = Subscription.objects.exclude(paid_plan="").filter(livemode=run.livemode, user__isnull=False)
    having = User.objects.exclude(plan=Plan.FREE)
    if run.person_id is not None:
        paying, having = paying.filter(user=run.person_id), having.filter(pk=run.person_id)
    if after:
        paying, having = paying.filter(user__gt=UUID(after)), having.filter(pk__gt=UUID(after))
    found = {
        *paying.order_by("user_id").values_list("user_id", flat=True).distinct()[:BATCH],
        *having.order_by("pk").values_list("pk", flat=True)[:BATCH],
    }
    return sorted(found)[:BATCH]


def _agrees(plan: str, until: datetime | None, due: Access) -> bool:
    """A plan whose time is over gives nothing, so it may stand there until it is bought again."""
    if until is not None and until <= clock.now():
        return due[0] == Plan.FREE
    return (Plan(plan), until) == due


def _settle(run: ReconcileRun, user_id: UUID) -> None:
    customer = StripeCustomer.objects.filter(user_id=user_id, livemode=run.livemode).order_by("created_at").last()
    with customer_lock(customer.stripe_id if customer else str(user_id)), transaction.atomic():
        had = User.objects.filter(pk=user_id).values_list("plan", "plan_until").get()
        due = paid_access(user_id)
        if _agrees(*had, due):
            return
        trouble = None if run.is_dry_run else _repair(user_id)
        explanation = "What the person may use was not what their subscriptions pay for."
        Drift.objects.update_or_create(
            run=run,
            object_type="access",
            stripe_id=customer.stripe_id if customer else str(user_id),
            defaults={
                "ours": {"plan": had[0], "until": had[1]},
                "theirs": {"plan": due[0].value, "until": due[1]},
                "explanation": (f"{trouble} {explanation}" if trouble else explanation)[:500],
                "is_repaired": trouble is None and not run.is_dry_run,
            },
        )


def _repair(user_id: UUID) -> str | None:
    """What stood in the way, which is no reason to leave everybody else as they are; None for nothing."""
    try:
        with transaction.atomic():
            refresh_access(user_id=user_id, status="")
    except Exception as error:
        log.exception("reconcile_could_not_repair", kind="access", object=str(user_id))
        return f"{type(error).__name__}: {error}"
    return None
