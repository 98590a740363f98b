from typing import Any

import pytest
import stripe

from dev.local_stripe import LocalStripe
from dev.local_stripe.tests.conftest import subscribe


def test_the_seeded_prices_have_exactly_their_ids(server: LocalStripe, client: Any) -> None:
    for plan, cents in (("basic", 999), ("premium", 1999), ("elite", 2999)):
        price = client.prices.retrieve(f"price_{plan}", {"expand": ["product"]})
        assert (price.unit_amount, price.currency, price.recurring.interval) == (cents, "usd", "month")
        assert (price.product.name, price.product.default_price) == (plan.capitalize(), price.id)
    assert server.events() == []


def test_products_are_made_changed_and_listed(client: Any) -> None:
    product = client.products.create({"name": "Report", "id": "prod_report", "metadata": {"a": "b"}})
    assert product.id == "prod_report"
    price = client.prices.create({"currency": "USD", "unit_amount": 500, "product": product.id})
    changed = client.products.update(product.id, {"active": False, "default_price": price.id})
    assert (changed.active, changed.default_price, price.type, price.currency) == (
        False,
        price.id,
        "one_time",
        "usd",
    )
    assert [each.id for each in client.products.list({"active": False}).data] == ["prod_report"]
    assert client.products.list({"ids": ["prod_none"]}).data == []
    assert client.products.retrieve(product.id).name == "Report"


def test_prices_are_made_changed_and_listed(server: LocalStripe, client: Any) -> None:
    price = client.prices.create(
        {
            "currency": "eur",
            "unit_amount": 1200,
            "product_data": {"name": "Yearly"},
            "recurring": {"interval": "year"},
            "lookup_key": "yearly",
        }
    )
    assert (price.recurring.interval_count, str(price.unit_amount_decimal)) == (1, "1200")
    assert client.prices.update(price.id, {"nickname": "Y", "active": False}).nickname == "Y"
    assert [each.id for each in client.prices.list({"lookup_keys": ["yearly"]}).data] == [price.id]
    assert len(client.prices.list({"currency": "usd", "active": True}).data) == 3
    previous = server.events("price.updated")[0]["data"]["previous_attributes"]
    assert previous == {"active": True, "nickname": None}


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({"product": "prod_none", "unit_amount": 1}, "product"),
        ({"unit_amount": 1}, "product"),
        ({"product_data": {"name": "x"}}, "unit_amount"),
        ({"product_data": {"name": "x"}, "unit_amount": -1}, "unit_amount"),
    ],
)
def test_bad_prices_are_refused(client: Any, params: dict[str, Any], param: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.prices.create({"currency": "usd", **params})
    assert caught.value.param == param


def test_a_lookup_key_names_one_price_and_can_move(server: LocalStripe, client: Any) -> None:
    new = {"currency": "usd", "unit_amount": 1099, "product_data": {"name": "New"}, "lookup_key": "basic"}
    with pytest.raises(stripe.InvalidRequestError, match="lookup key"):
        client.prices.create(new)
    price = client.prices.create({**new, "transfer_lookup_key": True})
    assert [each.id for each in client.prices.list({"lookup_keys": ["basic"]}).data] == [price.id]
    assert client.prices.retrieve("price_basic").lookup_key is None
    assert client.prices.update(price.id, {"lookup_key": ""}).lookup_key is None


def test_an_archived_product_is_not_sold_but_kept_by_who_has_it(client: Any, customer: Any) -> None:
    subscription = subscribe(client, customer)
    client.products.update(client.prices.retrieve("price_basic").product, {"active": False})
    with pytest.raises(stripe.InvalidRequestError, match="not active"):
        subscribe(client, customer)
    assert client.subscriptions.update(subscription.id, {"metadata": {"a": "b"}}).status == "active"
