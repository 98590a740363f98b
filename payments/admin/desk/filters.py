"""Filters by state and age, each a table of what may be chosen."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from numerai.common import clock
from payments.models import UNSETTLED
from payments.models.dispute import CLOSED
from payments.models.subscription import LIVE
from payments.models.webhook_event import OPEN
from payments.selectors.purchases import bought_too_often

Condition = Callable[[datetime], Q]
Option = tuple[str, str, Condition]
MINUTES, HOUR, DAY, WEEK = timedelta(minutes=5), timedelta(hours=1), timedelta(days=1), timedelta(days=7)
MONTH = timedelta(days=30)
AGES = {
    MINUTES: ("5-minutes", "longer than 5 minutes"),
    HOUR: ("hour", "longer than an hour"),
    DAY: ("day", "longer than a day"),
    3 * DAY: ("3-days", "longer than 3 days"),
    WEEK: ("week", "longer than a week"),
    MONTH: ("month", "longer than a month"),
}
ANSWERABLE = Q(status__in=("needs_response", "warning_needs_response", "appeal_needs_response"))


def chosen_from(title: str, parameter: str, *options: Option) -> type[admin.SimpleListFilter]:
    """A filter whose ``options`` are (value in the address, words, condition at this moment)."""

    class Chosen(admin.SimpleListFilter):
        def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
            return [(value, words) for value, words, _ in options]

        def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
            for value, _, condition in options:
                if value == self.value():
                    return queryset.filter(condition(clock.now()))
            return queryset

    Chosen.title, Chosen.parameter_name = title, parameter
    return Chosen


def since(column: str, *ages: timedelta, of: Q, prefix: str = "", words: str = "") -> tuple[Option, ...]:
    """Rows that are ``of`` that kind since longer than each of ``ages``, by the moment in ``column``."""

    def older(age: timedelta) -> Condition:
        return lambda now: of & Q(**{f"{column}__lt": now - age})

    return tuple((f"{prefix}{AGES[age][0]}", f"{words}{AGES[age][1]}", older(age)) for age in ages)


def _always(condition: Q) -> Condition:
    return lambda now: condition


def _due_within(span: timedelta) -> Condition:
    return lambda now: ANSWERABLE & Q(evidence_due_by__gte=now, evidence_due_by__lt=now + span)


TWICE = Q(duplicate_of__isnull=False, status__in=LIVE)
PAST_DUE = Q(status="past_due")
Attention = chosen_from(
    "attention",
    "attention",
    ("twice", "bought twice", _always(TWICE)),
    ("past-due", "past due", _always(PAST_DUE)),
    *since("past_due_since", 3 * DAY, WEEK, of=PAST_DUE, prefix="past-due-", words="past due "),
    *since("stripe_created_at", DAY, of=Q(status="incomplete"), prefix="incomplete-", words="never paid, "),
    ("ending", "ends with its period", _always(Q(cancel_at_period_end=True, status__in=LIVE))),
)

WAITING_EVENT = Q(state__in=OPEN)
EventWaiting = chosen_from(
    "waiting",
    "waiting",
    ("parked", "parked", _always(Q(state="parked"))),
    *since("received_at", DAY, of=Q(state="parked"), prefix="parked-", words="parked, come "),
    *since("received_at", MINUTES, HOUR, DAY, of=WAITING_EVENT),
)

IN_DOUBT = Q(state__in=UNSETTLED)
InDoubt = chosen_from(
    "outcome not known",
    "in-doubt",
    ("any", "at all", _always(IN_DOUBT)),
    *since("created_at", MINUTES, HOUR, DAY, of=IN_DOUBT),
)

Unpaid = chosen_from(
    "unpaid", "unpaid", *since("created_at", DAY, WEEK, MONTH, of=Q(status__in=("open", "uncollectible")))
)

UNDER_WAY = Q(status__in=("processing", "requires_action", "requires_confirmation", "requires_payment_method"))
UnderWay = chosen_from("under way", "under-way", *since("stripe_created_at", HOUR, DAY, WEEK, of=UNDER_WAY))


def too_often(now: datetime) -> Q:
    return Q(pk__in=bought_too_often().values("pk"))


TooOften = chosen_from("bought too often", "too-often", ("any", "more often than one may", too_often))
RefundUnderWay = chosen_from(
    "under way", "under-way", *since("stripe_created_at", DAY, WEEK, of=Q(status__in=("pending", "requires_action")))
)
Undecided = chosen_from(
    "undecided",
    "undecided",
    ("any", "at all", _always(Q(state="open"))),
    *since("created_at", HOUR, DAY, 3 * DAY, of=Q(state="open")),
)
EvidenceDue = chosen_from(
    "evidence",
    "evidence",
    ("wanted", "wanted", _always(ANSWERABLE)),
    ("3-days", "due within 3 days", _due_within(3 * DAY)),
    ("week", "due within a week", _due_within(WEEK)),
    ("late", "too late", lambda now: ANSWERABLE & Q(evidence_due_by__lt=now)),
    ("open", "not closed yet", _always(~Q(status__in=CLOSED))),
)
CheckoutEnd = chosen_from(
    "end",
    "end",
    ("open", "still open", _always(Q(status="open"))),
    ("overdue", "open past its end", lambda now: Q(status="open", expires_at__lt=now)),
    ("left", "left unpaid", _always(Q(status="expired"))),
)

LEFT = Q(is_repaired=False, run__is_dry_run=False)
NotRepaired = chosen_from(
    "not repaired",
    "left",
    ("recent", "found since two days", lambda now: LEFT & Q(found_at__gte=now - 2 * DAY)),
    ("any", "ever", _always(LEFT)),
)
RunLength = chosen_from("running", "running", *since("started_at", MINUTES, HOUR, of=Q(state="running")))
