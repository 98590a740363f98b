from operator import attrgetter
from typing import Any

import pytest
import stripe

from dev.local_stripe import LocalStripe

ITEM = {"items": [{"price": "price_basic"}]}


@pytest.mark.parametrize(
    ("call", "args", "code", "param"),
    [
        ("subscriptions.create", ({**ITEM, "coupon": "x"},), "parameter_unknown", "coupon"),
        ("subscriptions.create", ({**ITEM, "quantity": 2},), "parameter_unknown", "quantity"),
        ("subscriptions.create", ({**ITEM, "prorate": True},), "parameter_unknown", "prorate"),
        (
            "subscriptions.create",
            ({**ITEM, "billing_cycle_anchor": "now"},),
            "parameter_invalid_integer",
            "billing_cycle_anchor",
        ),
        (
            "subscriptions.update",
            ("sub_1", {"billing_cycle_anchor": "now"}),
            None,
            "billing_cycle_anchor",
        ),
        ("subscriptions.cancel", ("sub_1", {"at_period_end": True}), "parameter_unknown", "at_period_end"),
        ("subscriptions.create", ({**ITEM, "payment_behavior": "hope"},), None, "payment_behavior"),
        ("subscriptions.create", ({"items": [{"prize": "x"}]},), "parameter_unknown", "items[0][prize]"),
        ("subscriptions.create", ({"items": "price_basic"},), None, "items"),
        ("subscriptions.create", ({**ITEM, "off_session": "perhaps"},), None, "off_session"),
        ("subscriptions.create", ({**ITEM, "metadata": "none"},), None, "metadata"),
        (
            "payment_intents.create",
            ({"amount": 100, "currency": "usd", "payment_method_types": ["card"]},),
            "parameter_unknown",
            "payment_method_types",
        ),
        (
            "payment_intents.create",
            ({"amount": 9.99, "currency": "usd"},),
            "parameter_invalid_integer",
            "amount",
        ),
        ("payment_intents.create", ({"amount": 100},), "parameter_missing", "currency"),
        ("prices.create", ({"currency": "usd", "unit_amount_decimal": "many"},), None, "unit_amount_decimal"),
        ("prices.create", ({"currency": {"a": "b"}},), None, "currency"),
        ("invoices.list", ({"created": {"after": 1}},), "parameter_unknown", "created[after]"),
        ("customers.create", ({"metadata": {"a": {"b": "c"}}},), None, "metadata[a]"),
    ],
)
def test_a_request_the_pinned_sdk_does_not_know_is_refused(
    client: Any, call: str, args: Any, code: str | None, param: str
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        attrgetter(call)(client)(*args)
    assert (caught.value.http_status, caught.value.code, caught.value.param) == (400, code, param)


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({**ITEM, "description": "x", "days_until_due": 3}, "days_until_due"),
        ({**ITEM, "payment_settings": {"payment_method_options": {}}, "automatic_tax": {"enabled": True}}, None),
        ({"items": [{"price": "price_basic", "tax_rates": ["txr_1"]}]}, "items.tax_rates"),
    ],
)
def test_what_stripe_knows_but_this_server_does_not_act_upon_is_refused_by_name(
    client: Any, customer: Any, params: dict[str, Any], param: str | None
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.subscriptions.create({"customer": customer.id, **params})
    assert caught.value.code == "parameter_not_implemented_locally"
    assert param is None or caught.value.param == param


def test_every_request_is_logged(server: LocalStripe, client: Any) -> None:
    client.customers.create({"email": "a@example.com"}, {"idempotency_key": "key-1"})
    last = server.requests[-1]
    assert (last.method, last.path, last.idempotency_key, last.status) == (
        "POST",
        "/v1/customers",
        "key-1",
        200,
    )
    assert last.params == {"email": "a@example.com"}


def test_numbers_flags_and_dates_arrive_in_their_types(client: Any, customer: Any) -> None:
    subscription = client.subscriptions.create(
        {
            "customer": customer.id,
            "items": [{"price": "price_basic", "quantity": 3, "metadata": {"seat": "a"}}],
            "cancel_at_period_end": True,
        }
    )
    assert subscription.cancel_at_period_end is True
    assert subscription["items"].data[0].quantity == 3
    assert subscription["items"].data[0].metadata.to_dict() == {"seat": "a"}
