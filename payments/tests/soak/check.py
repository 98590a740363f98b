"""Whether everything that we keep is what Stripe has, and nothing was done twice. Each check answers its complaints."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any

from dev.local_stripe import LocalStripe
from notifications.models import Notification
from numerai.common.models import AuditEntry
from payments.models import (
    UNSETTLED,
    BillingHistory,
    BillingOperation,
    CheckoutSession,
    Dispute,
    Fulfilment,
    LedgerEntry,
    Payment,
    Refund,
    StripeCustomer,
    Subscription,
)
from payments.models.refund import GAVE_NOTHING
from payments.models.subscription import LIVE
from payments.notices.kinds import OPERATOR_BOUGHT_TWICE, RECEIPT
from payments.notices.receipts import NEWS_FOR
from payments.reconciling.access import _agrees
from payments.sync.access import paid_access
from payments.sync.fulfilling import given_back
from payments.tests.soak.goods import KIND, PAID, REFUNDED
from payments.tests.soak.people import Person
from payments.tests.soak.town import MUTABLE

Document = dict[str, Any]
Complaints = Iterator[str]
TOLERANCE = timedelta(hours=1)
# For the clocks of processes, and Stripe's ticks in seconds.
MOMENT = timedelta(minutes=1)


class Stripe:
    """All that Stripe has, seen once."""

    def __init__(self, server: LocalStripe) -> None:
        self.objects = {kind: server.objects(kind) for kind in (*MUTABLE, "balance_transaction", "setup_intent")}
        with server.world.lock:
            self.lines = {each["id"]: each["lines"]["data"] for each in server.world.all("invoice")}

    def of(self, kind: str) -> list[Document]:
        return self.objects[kind]


def moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def _of_subscription(each: Document) -> Document:
    item = each["items"]["data"][0]
    return {
        "status": each["status"],
        "price_id": item["price"]["id"],
        "current_period_start": moment(item["current_period_start"]),
        "current_period_end": moment(item["current_period_end"]),
        "cancel_at_period_end": each["cancel_at_period_end"],
        "cancel_at": moment(each["cancel_at"]),
        "ended_at": moment(each["ended_at"]),
        "trial_end": moment(each["trial_end"]),
        "latest_invoice_id": each["latest_invoice"] or "",
    }


def _of_invoice(each: Document) -> Document:
    return {
        "status": each["status"],
        "amount": each["amount_due"],
        "amount_paid": each["amount_paid"],
        "subtotal": each["subtotal"],
        "total": each["total"],
        "attempt_count": each["attempt_count"],
        "billing_reason": each["billing_reason"] or "",
        "number": each["number"] or "",
    }


def _of_sum(each: Document) -> Document:
    return {name: each[name] for name in ("status", "amount", "currency")}


MIRRORED: dict[str, tuple[Any, Callable[[Document], Document]]] = {
    "subscription": (Subscription, _of_subscription),
    "invoice": (BillingHistory, _of_invoice),
    "payment_intent": (Payment, _of_sum),
    "refund": (Refund, _of_sum),
    "dispute": (Dispute, _of_sum),
    "checkout.session": (CheckoutSession, lambda each: {name: each[name] for name in ("status", "payment_status")}),
}


def mirror(theirs: Stripe) -> Complaints:
    for kind, (model, facts_of) in MIRRORED.items():
        rows = {row.stripe_id: row for row in model.objects.all()}
        for each in theirs.of(kind):
            row = rows.pop(each["id"], None)
            if row is None:
                yield f"{kind} {each['id']} ({each['status']}) is not here"
                continue
            facts = facts_of(each)
            ours = {name: getattr(row, name) for name in facts}
            if ours != facts:
                wrong = {name: (ours[name], facts[name]) for name in facts if ours[name] != facts[name]}
                yield f"{kind} {each['id']} here and there: {wrong}"
        yield from (f"{kind} {stripe_id} is not at Stripe" for stripe_id in rows)


def lines(theirs: Stripe) -> Complaints:
    for row in BillingHistory.objects.prefetch_related("lines"):
        ours = sorted((line.stripe_id, line.amount) for line in row.lines.all())
        stripes = sorted((line["id"], line["amount"]) for line in theirs.lines.get(row.stripe_id, ()))
        if ours != stripes:
            yield f"the lines of {row.stripe_id} here {ours} and there {stripes}"


def ledger(theirs: Stripe) -> Complaints:
    """What the book says is left of a payment, against Stripe's charges, refunds and movements of disputes."""
    booked: Counter[str] = Counter()
    for stripe_id, amount in LedgerEntry.objects.values_list("payment__stripe_id", "amount"):
        booked[stripe_id] += amount
    left: Counter[str] = Counter()
    for intent in theirs.of("payment_intent"):
        left[intent["id"]] += intent["amount_received"] if intent["status"] == "succeeded" else 0
    for refund in theirs.of("refund"):
        left[refund["payment_intent"]] -= 0 if refund["status"] in GAVE_NOTHING else refund["amount"]
    disputes = {each["id"]: each["payment_intent"] for each in theirs.of("dispute")}
    for moved in theirs.of("balance_transaction"):
        if moved["source"] in disputes:
            left[disputes[moved["source"]]] += moved["amount"]
    for stripe_id in sorted(booked.keys() | left.keys()):
        if booked[stripe_id] != left[stripe_id]:
            entries = list(LedgerEntry.objects.filter(payment__stripe_id=stripe_id).values_list("kind", "amount"))
            yield f"{left[stripe_id]} is left of {stripe_id}, the book says {booked[stripe_id]}: {entries}"


def refunded(theirs: Stripe) -> Complaints:
    given: Counter[str] = Counter()
    for refund in theirs.of("refund"):
        given[refund["payment_intent"]] += 0 if refund["status"] in GAVE_NOTHING else refund["amount"]
    for row in Payment.objects.filter(stripe_id__startswith="pi_"):
        if row.amount_refunded != given[row.stripe_id]:
            yield f"{given[row.stripe_id]} was given back of {row.stripe_id}, the row says {row.amount_refunded}"


def access(people: Iterable[Person]) -> Complaints:
    for person in people:
        person.user.refresh_from_db()
        due = paid_access(person.user.pk)
        if not _agrees(person.user.plan, person.user.plan_until, due):
            yield f"{person.user.email} may use {person.user.plan} until {person.user.plan_until}, but paid for {due}"


def no_second_subscription(theirs: Stripe) -> Complaints:
    """The database lets only marked ones stand beside another; none of them may go on."""
    for row in Subscription.objects.filter(status__in=LIVE).exclude(duplicate_of=None):
        yield f"{row.stripe_id} was bought although {row.duplicate_of} was there, and goes on"


def made_once(theirs: Stripe) -> Complaints:
    """Each operation has made at most one thing of a kind, and every bill and thing was paid once."""
    for kind in ("subscription", "payment_intent", "refund", "checkout.session", "setup_intent"):
        made = Counter(each["metadata"].get("operation_id") for each in theirs.of(kind) if each["metadata"])
        yield from (f"operation {id_} made {count} of {kind}" for id_, count in made.items() if id_ and count > 1)
    customers = Counter(each["metadata"].get("user_id") for each in theirs.of("customer"))
    yield from (f"{user} is {count} customers" for user, count in customers.items() if count > 1)
    for invoice in BillingHistory.objects.prefetch_related("payments"):
        paid = sum(payment.amount for payment in invoice.payments.all() if payment.status == "succeeded")
        if paid != invoice.amount_paid:
            yield f"{paid} was paid for {invoice.stripe_id} that says {invoice.amount_paid}"


def sold_once(theirs: Stripe) -> Complaints:
    """Nobody has a thing twice, unless one was given back while the other was bought, and came back; and then operators
    know of it."""
    operations = {each["id"]: each["metadata"].get("operation_id") for each in theirs.of("payment_intent")}
    things: dict[tuple[Any, str], list[Payment]] = defaultdict(list)
    for row in Payment.objects.filter(kind=KIND, status="succeeded", fulfilment=Fulfilment.FULFILLED):
        things[row.user_id, row.reference].append(row)
    for (who, what), rows in things.items():
        spans = {row: _span_of_asking(row, operations[row.stripe_id]) for row in rows if len(rows) > 1}
        for one, other in combinations(spans, 2):
            if not (_was_given_back(one, spans[other]) or _was_given_back(other, spans[one])):
                yield f"{who} has thing {what} {len(rows)} times"
        keys = [f"{OPERATOR_BOUGHT_TWICE}:{row.stripe_id}" for row in rows]
        if spans and not Notification.objects.filter(dedupe_key__in=keys).exists():
            yield f"nobody was told that {who} has thing {what} {len(rows)} times"


Span = tuple[datetime, datetime]


def _span_of_asking(row: Payment, operation_id: str | None) -> Span | None:
    """From when to when we may have let the purchase pass; None for what we did not sell."""
    operation = BillingOperation.objects.filter(pk=operation_id).first() if operation_id else None
    page = CheckoutSession.objects.filter(payment=row).first()
    return (operation.created_at, (page or row).stripe_created_at) if operation else None


def _was_given_back(row: Payment, meanwhile: Span | None) -> bool:
    """Whether the person had all of the payment back for a time, within that span as well, and no longer has."""
    since: datetime | None = None
    for entry in AuditEntry.objects.filter(object_id=str(row.pk), action__in=[PAID, REFUNDED]).order_by("pk"):
        if since and meanwhile and since <= meanwhile[1] + MOMENT and entry.at >= meanwhile[0] - MOMENT:
            return True
        is_all = entry.action == REFUNDED and entry.after["given_back"] == entry.after["amount"]
        since = entry.at if is_all else None
    return False


def told_once(theirs: Stripe) -> Complaints:
    """The seller heard each fact once: paid, then each change of what was given back, again paid after all of it."""
    heard: dict[str, list[tuple[str, int, int]]] = defaultdict(list)
    for entry in AuditEntry.objects.filter(action__in=[PAID, REFUNDED]).order_by("pk"):
        heard[entry.object_id].append((entry.action, entry.after["given_back"], entry.after["amount"]))
    for row in Payment.objects.filter(kind=KIND):
        story = heard.pop(str(row.pk), [])
        if bool(story) != (row.status == "succeeded"):
            yield f"{row.stripe_id} is {row.status}, and its seller heard {story}"
        before: tuple[str, int, int] | None = None
        for each in story:
            is_back = before is not None and before[:2] == (REFUNDED, before[2])
            if (each[0] == PAID) != (before is None or is_back) or (before and each[1] == before[1]):
                yield f"{row.stripe_id}: its seller heard {story}"
                break
            before = each
        if before and before[1] != given_back(row):
            yield f"{row.stripe_id}: {given_back(row)} was given back, and its seller heard {story}"
    yield from (f"the seller heard of {pk}, which nobody paid" for pk in heard)


def receipts(theirs: Stripe) -> Complaints:
    """The database keeps a fact from being told twice; here each bill that was paid has its one receipt."""
    sent = Counter(Notification.objects.filter(kind=RECEIPT).values_list("dedupe_key", flat=True))
    known = _known_as_paid()
    for row in BillingHistory.objects.filter(status="paid", amount_paid__gt=0, paid_at__isnull=False):
        count, since = sent.pop(f"{RECEIPT}:{row.stripe_id}", 0), known[str(row.pk)]
        late = since - (row.paid_at or since)
        allowed = {0, 1} if abs(late - NEWS_FOR) < TOLERANCE else {int(late < NEWS_FOR)}
        if count not in allowed:
            yield f"{row.stripe_id} has {count} receipts, and was known {late} after it was paid"
    yield from (f"{count} receipts {key} for nothing" for key, count in sent.items())


def _known_as_paid() -> dict[str, datetime]:
    """When each bill was first written down as paid."""
    entries = AuditEntry.objects.filter(object_type="payments.billinghistory", after__status="paid").order_by("-pk")
    return dict(entries.values_list("object_id", "at"))


def operations(theirs: Stripe) -> Complaints:
    for row in BillingOperation.objects.filter(state__in=UNSETTLED):
        yield f"{row} is {row.state}"


def customers(theirs: Stripe) -> Complaints:
    ours = set(StripeCustomer.objects.filter(deleted_at=None).values_list("stripe_id", flat=True))
    for each in theirs.of("customer"):
        if each["id"] not in ours:
            yield f"customer {each['id']} is nobody's"


CHECKS: tuple[Callable[[Stripe], Complaints], ...] = (
    customers,
    mirror,
    lines,
    ledger,
    refunded,
    made_once,
    sold_once,
    told_once,
    receipts,
    operations,
    no_second_subscription,
)


def complaints(server: LocalStripe, people: list[Person]) -> list[str]:
    theirs = Stripe(server)
    found = [f"{check.__name__}: {each}" for check in CHECKS for each in check(theirs)]
    return [*found, *(f"access: {each}" for each in access(people))]
