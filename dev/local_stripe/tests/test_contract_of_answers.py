"""Every kind of answer, held field by field against the classes of the pinned SDK."""

from types import NoneType
from typing import Any, ForwardRef, Literal, get_args, get_origin

import pytest
import stripe
from stripe._object_classes import OBJECT_CLASSES, get_object_class
from stripe._stripe_object import UntypedStripeObject

from dev.local_stripe import LocalStripe
from dev.local_stripe.tests.conftest import item_of, new_customer, subscribe

DAY = 86_400


def complaints(value: Any, cls: Any, path: str) -> list[str]:
    """What is wrong with the value as an instance of the SDK class, nested objects included."""
    fields = {name: hint for name, hint in cls.__annotations__.items() if not name.startswith("_")}
    fields.pop("OBJECT_NAME", None)
    found = [f"{path}.{name}: unknown field" for name in value if name not in fields]
    for name, hint in fields.items():
        if name not in value:
            if NoneType not in get_args(hint):
                found.append(f"{path}.{name}: missing")
        elif value[name] is None:
            if NoneType not in get_args(hint):
                found.append(f"{path}.{name}: null")
        else:
            found += nested(value[name], hint, cls, f"{path}.{name}")
    return found


def nested(value: Any, hint: Any, owner: Any, path: str) -> list[str]:
    if isinstance(value, list):
        return [line for n, item in enumerate(value) for line in nested(item, hint, owner, f"{path}[{n}]")]
    if isinstance(value, dict):
        return nested_object(value, owner, path)
    choices = [choice for choice in flatten(hint) if get_origin(choice) is Literal]
    names = [name for choice in choices for name in get_args(choice)]
    if names and isinstance(value, str) and str not in get_args(hint) and value not in names:
        return [f"{path}: {value!r} is none of the values"]
    expected = {int, str, bool, float} & set(flatten(hint))
    if expected and not isinstance(value, tuple(expected)) and not choices:
        return [f"{path}: {value!r} is not of {expected}"]
    if names and not value:
        return [f"{path}: empty"]
    return []


def nested_object(value: dict[str, Any], owner: Any, path: str) -> list[str]:
    kind = str(value.get("object"))
    if kind == "list":
        return [
            line for n, item in enumerate(value["data"]) for line in nested_object(item, owner, f"{path}.data[{n}]")
        ]
    if kind in OBJECT_CLASSES:
        return complaints(value, get_object_class("V1", kind), path)
    inner = getattr(owner, "_inner_class_types", {}).get(path.rsplit(".", 1)[-1].split("[", maxsplit=1)[0])
    return complaints(value, inner, path) if inner else []


def flatten(hint: Any) -> list[Any]:
    if isinstance(hint, ForwardRef) or get_origin(hint) in (Literal, UntypedStripeObject):
        return [hint]
    inner = [part for choice in get_args(hint) for part in flatten(choice)]
    return inner or [hint]


@pytest.fixture
def busy(server: LocalStripe, client: Any) -> LocalStripe:
    """A server that has seen every object in several of its states."""
    customer = new_customer(client)
    subscription = subscribe(client, customer, trial_period_days=3, metadata={"a": "b"})
    failing = new_customer(client, "pm_card_chargeCustomerFail")
    subscribe(client, failing)
    asking = new_customer(client, "pm_card_authenticationRequired")
    subscribe(client, asking)
    server.advance(40 * DAY)
    client.payment_methods.attach("pm_card_authenticationRequired", {"customer": customer.id})
    method = client.payment_methods.list({"customer": customer.id}).data[0].id
    client.customers.update(customer.id, {"invoice_settings": {"default_payment_method": method}})
    client.subscriptions.update(
        subscription.id,
        {
            "items": [{"id": item_of(subscription).id, "price": "price_elite"}],
            "proration_behavior": "always_invoice",
            "payment_behavior": "pending_if_incomplete",
        },
    )
    paused = subscribe(client, new_customer(client))
    client.subscriptions.pause(paused.id, {"type": "subscription"})
    client.payment_intents.create(
        {
            "amount": 500,
            "currency": "usd",
            "confirm": True,
            "payment_method": "pm_card_threeDSecure2Required",
            "return_url": "https://shop.example.com/back",
        }
    )
    save_and_sell(server, client, customer)
    use_checkout(server, client)
    client.customers.delete(failing.id)
    client.webhook_endpoints.create({"url": "http://127.0.0.1:9/hook", "enabled_events": ["invoice.paid"]})
    return server


def save_and_sell(server: LocalStripe, client: Any, customer: Any) -> None:
    saving = {"customer": customer.id, "confirm": True, "automatic_payment_methods": {"enabled": True}}
    client.setup_intents.create({**saving, "payment_method": "pm_card_visa"})
    client.setup_intents.create({**saving, "payment_method": "pm_card_authenticationRequired"})
    with pytest.raises(stripe.CardError):
        client.setup_intents.create({**saving, "payment_method": "pm_card_chargeDeclined"})
    sale = {"amount": 500, "currency": "usd", "confirm": True}
    slow = client.payment_intents.create({**sale, "payment_method": "pm_local_slow"})
    for token in ("pm_card_createDispute", "pm_card_createDisputeInquiry", "pm_card_createIssuerFraudRecord"):
        client.payment_intents.create({**sale, "payment_method": token})
    for token in ("pm_card_pendingRefund", "pm_card_refundFail", "pm_card_pendingRefund"):
        paid = client.payment_intents.create({**sale, "payment_method": token})
        refund = client.refunds.create({"payment_intent": paid.id})
    server.settle_payment(slow.id, succeed=False)
    server.settle_refund(refund.id, "failed")
    server.close_dispute(server.objects("dispute")[0]["id"], "won")
    server.advance(DAY + 60)
    client.payment_intents.create({**sale, "payment_method": "pm_local_slow"})


def use_checkout(server: LocalStripe, client: Any) -> None:
    shop = {"success_url": "https://shop.example.com/", "line_items": [{"price": "price_basic", "quantity": 1}]}
    plan = {**shop, "mode": "subscription", "metadata": {"a": "b"}, "expand": ["line_items"]}
    bought = client.checkout.sessions.create(plan)
    server.pay_session(bought.id)
    item = bought.line_items.data[0].to_dict(for_json=True)
    assert complaints(item, stripe.LineItem, "item") == []
    invoice = client.checkout.sessions.retrieve(bought.id).invoice
    client.credit_notes.create({"invoice": invoice, "credit_amount": 100, "metadata": {"a": "b"}})
    client.checkout.sessions.create({"success_url": "https://shop.example.com/", "mode": "setup"})


KINDS = (
    "customer",
    "payment_method",
    "product",
    "price",
    "subscription",
    "invoice",
    "invoice_payment",
    "setup_intent",
    "payment_intent",
    "charge",
    "balance_transaction",
    "refund",
    "checkout.session",
    "credit_note",
    "dispute",
    "radar.early_fraud_warning",
    "event",
    "webhook_endpoint",
)


def test_every_stored_object_has_the_fields_of_its_class(busy: LocalStripe) -> None:
    found = []
    for kind in KINDS:
        objects = busy.objects(kind)
        assert objects, kind
        for each in objects:
            if not each.get("deleted"):
                found += complaints(each, get_object_class("V1", kind), kind)
    assert sorted(set(found)) == []


def test_every_snapshot_in_an_event_has_the_fields_of_its_class(busy: LocalStripe) -> None:
    found = []
    for event in busy.events():
        snapshot = event["data"]["object"]
        found += complaints(snapshot, get_object_class("V1", snapshot["object"]), event["type"])
        assert event["type"] in get_args(stripe.Event.__annotations__["type"])
    assert sorted(set(found)) == []


def test_the_check_itself_sees_missing_unknown_and_null_fields(busy: LocalStripe) -> None:
    customer = busy.objects("customer")[0] | {"shoe_size": 43, "created": None}
    del customer["livemode"]
    assert complaints(customer, stripe.Customer, "customer") == [
        "customer.shoe_size: unknown field",
        "customer.created: null",
        "customer.livemode: missing",
    ]
