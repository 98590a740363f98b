"""What people may use, against what their subscriptions pay for."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from accounts.models import Plan, User
from numerai.common import clock
from payments.models import Drift, ReconcileRun, StripeCustomer, Subscription
from payments.sync.access import paid_access, refresh_access
from payments.sync.locks import customer_lock

BATCH = 500

Access = tuple[Plan, datetime | None]


def compare_access(run: ReconcileRun, *, after: str) -> tuple[str, int]:
    """Compare the next people whose id is greater than ``after``; answers the last of them, "" when that was all, and
    how many they were."""
    paying = Subscription.objects.exclude(paid_plan="").filter(livemode=run.livemode).values("user_id")
    people = User.objects.filter(Q(pk__in=paying) | ~Q(plan=Plan.FREE)).order_by("pk")
    if run.person_id is not None:
        people = people.filter(pk=run.person_id)
    if after:
        people = people.filter(pk__gt=UUID(after))
    batch = list(people.values_list("pk", "plan", "plan_until")[:BATCH])
    for user_id, plan, until in batch:
        if not _agrees(plan, until, paid_access(user_id)):
            _settle(run, user_id)
    return (str(batch[-1][0]) if len(batch) == BATCH else ""), len(batch)


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
        Drift.objects.update_or_create(
            run=run,
            object_type="access",
            stripe_id=customer.stripe_id if customer else str(user_id),
            defaults={
                "ours": {"plan": had[0], "until": had[1]},
                "theirs": {"plan": due[0].value, "until": due[1]},
                "explanation": "What the person may use was not what their subscriptions pay for.",
                "is_repaired": not run.is_dry_run,
            },
        )
        if not run.is_dry_run:
            refresh_access(user_id=user_id, status="")
