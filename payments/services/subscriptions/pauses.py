"""A pause: no service and no bills, until the person, or the day they named, ends it."""

from datetime import datetime
from typing import Any

import structlog

from accounts.models import User
from numerai.common import clock
from numerai.common.errors import DomainError
from payments import gateway
from payments.gateway import is_livemode
from payments.models import BillingOperation, OperationKind, Subscription
from payments.services import operations
from payments.services.settling import give_up_when_certain, settles
from payments.services.subscriptions.answers import Answer, answer, carry_out
from payments.services.subscriptions.resumption import resume_subscription
from payments.services.subscriptions.standing import (
    ChangePending,
    ChangeScheduled,
    Standing,
    SubscriptionEnding,
    left_by,
    look,
    look_again,
    require_subscription,
)

log = structlog.get_logger(__name__)

RESUMED_AT_ONCE = 20


def pause_subscription(*, user: User, resumes_at: datetime | None = None, client_key: str = "") -> Answer:
    """Pause until ``resumes_at``, or until the person resumes it; a pause that lasts is given the new day.

    What is unused of the period counts towards the bill of the resumption. The same ``client_key`` gives the same
    answer. Raises NoSubscription, SubscriptionEnding, ChangePending, ChangeScheduled, the refusals for one that does
    not run, and what ``perform`` raises.
    """
    require_subscription(user.pk)
    body = {"resumes_at": resumes_at.isoformat() if resumes_at else ""}
    request = operations.Request(
        user_id=user.pk, kind=OperationKind.PAUSE_SUBSCRIPTION, body=body, params=body, client_key=client_key
    )
    return carry_out(request, lambda operation: _pause(operation, user))


@settles(OperationKind.PAUSE_SUBSCRIPTION)
def settle_pause(operation: BillingOperation) -> None:
    """Raises TooEarly, StripeUnavailable, LockTimeout."""
    standing = left_by(operation)
    if standing is not None and operation.asked_at is not None and standing.view.status == "paused":
        operations.succeed(operation, _paused(standing))
    else:
        give_up_when_certain(operation)


def resume_due() -> int:
    """End the pauses whose day has come, each once; answers how many. One that cannot be paid stays a pause, and the
    person is told of the payment that failed."""
    due = Subscription.objects.filter(status="paused", resumes_at__lte=clock.now(), livemode=is_livemode())
    resumed = 0
    for row in due.filter(user__is_active=True).order_by("?")[:RESUMED_AT_ONCE]:
        user, day = User.objects.get(pk=row.user_id), str(row.resumes_at)  # type: ignore[misc]  # it is filtered for
        try:
            resume_subscription(user=user, client_key=operations.own_key("resume", row.pk, day))
            resumed += 1
        except gateway.StripeUnavailable:
            break
        except DomainError as refusal:
            log.info("pause_not_ended", subscription=row.stripe_id, code=refusal.code)
    return resumed


def _pause(operation: BillingOperation, user: User) -> dict[str, Any]:
    standing = look(user.pk)
    moment = _resumption(operation)
    if standing.view.status != "paused":
        _refuse_unless_pausable(standing)
    elif standing.view.resumes_at == moment:
        return _paused(standing)
    with operations.asking(operation):
        gateway.note_resumption(key=operation.key("resumes_at"), subscription_id=standing.view.id, resumes_at=moment)
        if standing.view.status != "paused":
            gateway.pause_subscription(key=operation.key(), subscription_id=standing.view.id)
    return _paused(look_again(standing.row))


def _resumption(operation: BillingOperation) -> datetime | None:
    text = operation.params["resumes_at"]
    return datetime.fromisoformat(text).replace(microsecond=0) if text else None


def _refuse_unless_pausable(standing: Standing) -> None:
    standing.refuse_unless_running()
    if standing.view.cancels_at is not None:
        raise SubscriptionEnding
    if standing.view.pending is not None:
        raise ChangePending
    if standing.view.schedule is not None:
        raise ChangeScheduled


def _paused(standing: Standing) -> dict[str, Any]:
    row = standing.row
    until = f" until {row.resumes_at.date().isoformat()}" if row.resumes_at else ""
    return answer(f"Your {row.get_plan_display()} subscription is paused{until}.", row)
