"""What needs somebody's attention now: one count each, for those who may see the rows, with a way to them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Model, Q
from django.http import HttpRequest

from numerai.common import clock
from payments.admin.base import list_url
from payments.admin.desk.filters import ANSWERABLE, IN_DOUBT, LEFT, MINUTES, PAST_DUE, TWICE, WAITING_EVENT, too_often
from payments.models import (
    BillingOperation,
    Dispute,
    Drift,
    Payment,
    PurchaseReview,
    RefundRequest,
    Subscription,
    WebhookEvent,
)

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
OPEN = Q(state="open")


@dataclass(frozen=True)
class Concern:
    """Rows of ``model`` for which ``which`` holds, counted, with the first moment in ``column``.

    ``query`` picks the same rows in their list; ``colour`` is one of the labels'.
    """

    model: type[Model]
    words: str
    column: str
    which: Callable[[datetime], Q]
    query: dict[str, str]
    colour: str = "warning"
    is_deadline: bool = False


@dataclass(frozen=True)
class Finding:
    words: str
    count: int
    when: str
    url: str
    colour: str


CONCERNS = (
    Concern(
        Dispute,
        "Disputes that want evidence",
        "evidence_due_by",
        lambda now: ANSWERABLE,
        {"evidence": "wanted"},
        "danger",
        is_deadline=True,
    ),
    Concern(
        Subscription,
        "Subscriptions bought twice",
        "stripe_created_at",
        lambda now: TWICE,
        {"attention": "twice"},
        "danger",
    ),
    Concern(Payment, "Payments for what one has too often", "paid_at", too_often, {"too-often": "any"}, "danger"),
    Concern(
        WebhookEvent,
        "Events given up",
        "received_at",
        lambda now: Q(state="parked"),
        {"waiting": "parked"},
        "danger",
    ),
    Concern(
        WebhookEvent,
        "Events not handled for an hour",
        "received_at",
        lambda now: WAITING_EVENT & Q(received_at__lt=now - HOUR),
        {"waiting": "hour"},
    ),
    Concern(
        BillingOperation,
        "Operations of unknown outcome for 5 minutes",
        "created_at",
        lambda now: IN_DOUBT & Q(created_at__lt=now - MINUTES),
        {"in-doubt": "5-minutes"},
        "danger",
    ),
    Concern(RefundRequest, "Refund requests to decide", "created_at", lambda now: OPEN, {"undecided": "any"}),
    Concern(PurchaseReview, "Purchases held back to decide", "created_at", lambda now: OPEN, {"undecided": "any"}),
    Concern(
        Drift,
        "Differences from Stripe not repaired, of two days",
        "found_at",
        lambda now: LEFT & Q(found_at__gte=now - 2 * DAY),
        {"left": "recent"},
        "danger",
    ),
    Concern(
        Subscription,
        "Subscriptions past due",
        "past_due_since",
        lambda now: PAST_DUE,
        {"attention": "past-due"},
        "info",
    ),
)


def attention(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """The context of the first page, with what was found; ``is_on_duty`` for those who may see any of it."""
    seen = [concern for concern in CONCERNS if may_see(request, concern.model)]
    return context | {"is_on_duty": bool(seen), "findings": list(_found(seen))}


def may_see(request: HttpRequest, model: type[Model]) -> bool:
    return request.user.has_perm(f"{model._meta.app_label}.view_{model._meta.model_name}")


def _found(concerns: list[Concern]) -> Iterator[Finding]:
    now = clock.now()
    for concern in concerns:
        rows = concern.model._default_manager.filter(concern.which(now))
        sums = rows.aggregate(count=Count("pk"), first=Min(concern.column))
        if sums["count"]:
            yield Finding(
                words=concern.words,
                count=sums["count"],
                when=_when(sums["first"], now, is_deadline=concern.is_deadline),
                url=list_url(concern.model, **concern.query),
                colour=concern.colour,
            )


def _when(moment: datetime | None, now: datetime, *, is_deadline: bool) -> str:
    if moment is None:
        return ""
    if not is_deadline:
        return f"the oldest for {_span(now - moment)}"
    return f"the first within {_span(moment - now)}" if moment > now else f"the first too late by {_span(now - moment)}"


def _span(span: timedelta) -> str:
    """``3 days``, ``5 hours`` or ``12 minutes``, rounded down."""
    for unit, length in (("day", DAY), ("hour", HOUR), ("minute", timedelta(minutes=1))):
        number = span // length
        if number:
            return f"{number} {unit}" if number == 1 else f"{number} {unit}s"
    return "less than a minute"
