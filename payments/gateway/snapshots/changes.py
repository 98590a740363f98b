"""What is going to happen to a subscription: a change that waits for its payment, one that waits for its day."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from payments.gateway.snapshots.reading import Fields, known_moment, reference


@dataclass(frozen=True)
class PendingView:
    """A change that Stripe carries out once its bill is paid; forgotten at ``expires_at``."""

    price_ids: tuple[str, ...]
    expires_at: datetime
    operation_id: str


@dataclass(frozen=True)
class PhaseView:
    """``kept`` is what the next phase has to repeat so that only the plan changes."""

    items: tuple[tuple[str, int], ...]
    starts_at: datetime
    ends_at: datetime
    kept: Fields


@dataclass(frozen=True)
class ScheduleView:
    id: str
    operation_id: str
    current: PhaseView
    coming: PhaseView | None


def pending_view(fields: Fields | None) -> PendingView | None:
    if fields is None:
        return None
    return PendingView(
        price_ids=tuple(reference(item["price"]) for item in fields["subscription_items"] or []),
        expires_at=known_moment(fields["expires_at"]),
        operation_id=change_id(fields),
    )


def schedule_in_force(value: Any) -> ScheduleView | None:
    """The expanded schedule, if it is in force; one that has ended has no phase left."""
    is_in_force = isinstance(value, dict) and value["current_phase"] is not None
    return schedule_view(value) if is_in_force else None


def schedule_view(fields: Fields) -> ScheduleView:
    now = fields["current_phase"]["start_date"]
    phases = [_phase_view(phase) for phase in fields["phases"] if phase["start_date"] >= now]
    return ScheduleView(
        id=fields["id"],
        operation_id=change_id(fields),
        current=phases[0],
        coming=phases[1] if phases[1:] else None,
    )


def change_id(fields: Fields) -> str:
    """The operation of ours that asked for the change."""
    return str((fields.get("metadata") or {}).get("change_id", ""))


def _phase_view(phase: Fields) -> PhaseView:
    kept: Fields = {}
    if phase["default_payment_method"]:
        kept["default_payment_method"] = reference(phase["default_payment_method"])
    if phase["discounts"]:
        kept["discounts"] = [{"discount": reference(each["discount"])} for each in phase["discounts"]]
    return PhaseView(
        items=tuple((reference(item["price"]), item.get("quantity") or 1) for item in phase["items"]),
        starts_at=known_moment(phase["start_date"]),
        ends_at=known_moment(phase["end_date"]),
        kept=kept,
    )
