from typing import TYPE_CHECKING, Any

import stripe

from payments.gateway.connection.client import refuse_empty, stripe_client
from payments.gateway.snapshots.changes import PhaseView, ScheduleView, schedule_view
from payments.gateway.snapshots.reading import Fields

if TYPE_CHECKING:
    from stripe.params import SubscriptionScheduleUpdateParams

A_MONTH = {"interval": "month", "interval_count": 1}


def attach_schedule(*, key: str, subscription_id: str) -> ScheduleView:
    """Put the subscription under a schedule of one phase, the present period. Raises ObjectMissing."""
    with stripe_client() as client:
        made = client.v1.subscription_schedules.create({"from_subscription": subscription_id}, {"idempotency_key": key})
    return schedule_view(made.to_dict())


def plan_next_phase(
    *, key: str, schedule: ScheduleView, old_price_id: str, new_price_id: str, operation_id: str
) -> None:
    """From the end of the present period on, bill the new price in the old one's place; after that the subscription
    renews as it is. Nothing is prorated. Raises ObjectMissing."""
    now = schedule.current
    params: Any = {
        "end_behavior": "release",
        "metadata": {"change_id": operation_id},
        "phases": [
            _phase(now, {}) | {"start_date": int(now.starts_at.timestamp()), "end_date": int(now.ends_at.timestamp())},
            _phase(now, {old_price_id: new_price_id}) | {"proration_behavior": "none", "duration": A_MONTH},
        ],
    }
    typed: SubscriptionScheduleUpdateParams = params
    with stripe_client() as client:
        client.v1.subscription_schedules.update(schedule.id, typed, {"idempotency_key": key})


def release_schedule(*, key: str, schedule_id: str) -> None:
    """Let the subscription go on as it is. A schedule that is over already has let it go."""
    refuse_empty(schedule_id)
    with stripe_client() as client:
        try:
            client.v1.subscription_schedules.release(
                schedule_id, {"preserve_cancel_date": True}, {"idempotency_key": key}
            )
        except stripe.InvalidRequestError as refusal:
            if client.v1.subscription_schedules.retrieve(schedule_id).status in ("active", "not_started"):
                raise refusal


def _phase(kept: PhaseView, prices: dict[str, str]) -> Fields:
    items = [{"price": prices.get(price, price), "quantity": quantity} for price, quantity in kept.items]
    return {"items": items} | kept.kept
