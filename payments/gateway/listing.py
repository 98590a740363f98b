"""Reading everything that Stripe has of one kind, a page at a time, to hold it against what we keep."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import stripe

from payments.gateway.connection.client import refuse_empty, stripe_client
from payments.gateway.snapshots.reading import Fields, known_moment, moment, reference

PAGE_SIZE = 100

Facts = Mapping[str, Any]


class Listable(StrEnum):
    """The kinds of objects that are mirrored, by Stripe's own names."""

    CUSTOMER = "customer"
    SUBSCRIPTION = "subscription"
    INVOICE = "invoice"
    PAYMENT_INTENT = "payment_intent"
    REFUND = "refund"
    DISPUTE = "dispute"
    CHECKOUT_SESSION = "checkout.session"


@dataclass(frozen=True)
class Listed:
    """One object, reduced to the facts by which a mirrored row can be wrong.

    ``customer_id`` is "" for refunds and disputes, which belong to a payment: ``payment_id``. ``names_person`` tells
    whether the metadata says whose it is, so that it must be ours; ``names_kind`` whether it says what was bought.
    """

    id: str
    customer_id: str
    payment_id: str
    created_at: datetime
    facts: Facts
    names_person: bool
    names_kind: bool


@dataclass(frozen=True)
class Page:
    objects: tuple[Listed, ...]
    has_more: bool


def list_page(kind: Listable, *, after: str = "", customer_id: str = "", payment_id: str = "") -> Page:
    """At most 100 objects, newest first, those that follow the object ``after``.

    ``customer_id`` narrows subscriptions, invoices, payment intents and checkout sessions, ``payment_id`` refunds and
    disputes.
    """
    narrowed = {"customer": customer_id, "payment_intent": payment_id, "starting_after": after}
    params = {"limit": PAGE_SIZE, **ALSO.get(kind, {}), **{name: value for name, value in narrowed.items() if value}}
    with stripe_client() as client:
        found = _service(client, kind).list(params)
        return Page(tuple(_listed(kind, each.to_dict()) for each in found.data), bool(found.has_more))


def fetch_facts(kind: Listable, object_id: str) -> Facts:
    """What Stripe says of the object now. Raises ObjectMissing."""
    refuse_empty(object_id)
    with stripe_client() as client:
        return _listed(kind, _service(client, kind).retrieve(object_id).to_dict()).facts


def _service(client: stripe.StripeClient, kind: Listable) -> Any:
    services: dict[Listable, Any] = {
        Listable.CUSTOMER: client.v1.customers,
        Listable.SUBSCRIPTION: client.v1.subscriptions,
        Listable.INVOICE: client.v1.invoices,
        Listable.PAYMENT_INTENT: client.v1.payment_intents,
        Listable.REFUND: client.v1.refunds,
        Listable.DISPUTE: client.v1.disputes,
        Listable.CHECKOUT_SESSION: client.v1.checkout.sessions,
    }
    return services[kind]


def _listed(kind: Listable, fields: Fields) -> Listed:
    return Listed(
        id=fields["id"],
        customer_id=fields["id"] if kind == Listable.CUSTOMER else reference(fields.get("customer")),
        payment_id=reference(fields.get("payment_intent")),
        created_at=known_moment(fields["created"]),
        facts=FACTS[kind](fields),
        names_person="user_id" in (fields.get("metadata") or {}),
        names_kind=bool((fields.get("metadata") or {}).get("kind")),
    )


def _of_customer(fields: Fields) -> Facts:
    return {"livemode": fields["livemode"]}


def _of_subscription(fields: Fields) -> Facts:
    return {
        "status": fields["status"],
        "cancel_at_period_end": fields["cancel_at_period_end"],
        "cancel_at": moment(fields["cancel_at"]),
        "ended_at": moment(fields["ended_at"]),
    }


def _of_invoice(fields: Fields) -> Facts:
    return {"status": fields["status"], "amount": fields["amount_due"], "amount_paid": fields["amount_paid"]}


def _of_sum(fields: Fields) -> Facts:
    return {"status": fields["status"], "amount": fields["amount"]}


def _of_session(fields: Fields) -> Facts:
    return {"status": fields["status"], "payment_status": fields["payment_status"]}


# A list of subscriptions leaves out those that are over, unless it is asked for all.
ALSO: dict[Listable, dict[str, str]] = {Listable.SUBSCRIPTION: {"status": "all"}}
FACTS: dict[Listable, Callable[[Fields], Facts]] = {
    Listable.CUSTOMER: _of_customer,
    Listable.SUBSCRIPTION: _of_subscription,
    Listable.INVOICE: _of_invoice,
    Listable.PAYMENT_INTENT: _of_sum,
    Listable.REFUND: _of_sum,
    Listable.DISPUTE: _of_sum,
    Listable.CHECKOUT_SESSION: _of_session,
}
