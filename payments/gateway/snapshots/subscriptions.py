from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from payments.gateway.snapshots.changes import PendingView, ScheduleView, change_id, pending_view, schedule_in_force
from payments.gateway.snapshots.reading import Fields, fingerprint, known_moment, moment, reference

# Of a moment in seconds; more would be beyond the calendar.
DIGITS = 10


@dataclass(frozen=True)
class ItemView:
    id: str
    price_id: str
    unit_amount: int
    amount: int
    currency: str
    period_start: datetime
    period_end: datetime


@dataclass(frozen=True)
class SecretView:
    """Lets the page confirm something: ``kind`` is "payment_intent" or "setup_intent", which tells it how."""

    value: str
    kind: str


@dataclass(frozen=True)
class SubscriptionView:
    """``secret`` is only there when it was asked for and something is left to confirm; ``operation_id`` is the
    operation of ours that made it, ``change_id`` the one that last changed its plan. ``paid_prices`` are those that the
    latest invoice is for. ``promotion_code`` and ``card_fingerprint`` are "" when they were not asked for."""

    id: str
    customer_id: str
    livemode: bool
    status: str
    items: tuple[ItemView, ...]
    cancel_at_period_end: bool
    cancel_at: datetime | None
    canceled_at: datetime | None
    ended_at: datetime | None
    trial_end: datetime | None
    latest_invoice_id: str
    latest_invoice_at: datetime | None
    latest_invoice_status: str
    paid_prices: frozenset[str]
    created_at: datetime
    operation_id: str
    change_id: str
    pending: PendingView | None
    schedule: ScheduleView | None
    paused_at: datetime | None
    resumes_at: datetime | None
    secret: SecretView | None
    default_payment_method: str
    default_source: str
    card_fingerprint: str
    promotion_code: str

    @property
    def cancels_at(self) -> datetime | None:
        """When it was told to end; None while it renews. A cancellation at the end of the period names no day on some
        of Stripe's doors."""
        if self.cancel_at is None and self.cancel_at_period_end:
            return max(item.period_end for item in self.items)
        return self.cancel_at

    @property
    def trial_days(self) -> int:
        """How long its trial is or was, in whole days."""
        half_a_day = timedelta(hours=12)
        return 0 if self.trial_end is None else (self.trial_end - self.created_at + half_a_day) // timedelta(days=1)


def subscription_view(fields: Fields) -> SubscriptionView:
    return SubscriptionView(
        id=fields["id"],
        customer_id=reference(fields["customer"]),
        livemode=fields["livemode"],
        status=fields["status"],
        items=tuple(_item_view(item) for item in fields["items"]["data"]),
        cancel_at_period_end=fields["cancel_at_period_end"],
        cancel_at=moment(fields["cancel_at"]),
        canceled_at=moment(fields["canceled_at"]),
        ended_at=moment(fields["ended_at"]),
        trial_end=moment(fields["trial_end"]),
        latest_invoice_id=reference(fields["latest_invoice"]),
        latest_invoice_at=_created_at(fields["latest_invoice"]),
        latest_invoice_status=_status_of(fields["latest_invoice"]),
        paid_prices=_paid_prices(fields["latest_invoice"]),
        created_at=known_moment(fields["created"]),
        operation_id=str((fields.get("metadata") or {}).get("operation_id", "")),
        change_id=change_id(fields),
        pending=pending_view(fields["pending_update"]),
        schedule=schedule_in_force(fields["schedule"]),
        **_pause(fields),
        secret=_secret(fields),
        default_payment_method=reference(fields["default_payment_method"]),
        default_source=reference(fields["default_source"]),
        card_fingerprint=fingerprint(fields["default_payment_method"]),
        promotion_code=_promotion_code(fields["discounts"]),
    )


def _created_at(invoice: Any) -> datetime | None:
    return known_moment(invoice["created"]) if isinstance(invoice, dict) else None


def _status_of(invoice: Any) -> str:
    return str(invoice["status"]) if isinstance(invoice, dict) else ""


def _paid_prices(invoice: Any) -> frozenset[str]:
    """What is given back on an invoice was paid for by an earlier one."""
    lines = invoice["lines"]["data"] if isinstance(invoice, dict) else []
    priced = (line["pricing"]["price_details"] for line in lines if line["pricing"] and line["amount"] >= 0)
    return frozenset(reference(details["price"]) for details in priced)


def _pause(fields: Fields) -> dict[str, datetime | None]:
    """Stripe knows no day on which a pause ends, so it stands in the metadata."""
    if fields["status"] != "paused":
        return {"paused_at": None, "resumes_at": None}
    paused = (fields["status_details"] or {}).get("paused") or {}
    until = str((fields.get("metadata") or {}).get("resumes_at", ""))
    return {
        "paused_at": moment(paused.get("transitioned_at")),
        "resumes_at": known_moment(int(until)) if until.isdecimal() and len(until) <= DIGITS else None,
    }


def _item_view(item: Fields) -> ItemView:
    price = item["price"]
    return ItemView(
        id=item["id"],
        price_id=price["id"],
        unit_amount=price["unit_amount"] or 0,
        amount=(price["unit_amount"] or 0) * item.get("quantity", 1),
        currency=price["currency"],
        period_start=known_moment(item["current_period_start"]),
        period_end=known_moment(item["current_period_end"]),
    )


def _secret(fields: Fields) -> SecretView | None:
    invoice, setup = fields["latest_invoice"], fields["pending_setup_intent"]
    if isinstance(invoice, dict) and invoice.get("status") == "open" and invoice.get("confirmation_secret"):
        return SecretView(str(invoice["confirmation_secret"]["client_secret"]), "payment_intent")
    if isinstance(setup, dict) and setup["client_secret"]:
        return SecretView(str(setup["client_secret"]), "setup_intent")
    return None


def _promotion_code(discounts: list[Any]) -> str:
    codes = (reference(each["promotion_code"]) for each in discounts if isinstance(each, dict))
    return next((code for code in codes if code), "")
