"""The customer portal, by the API and by its buttons."""

from typing import Any
from urllib.parse import quote
from urllib.request import HTTPRedirectHandler, Request, build_opener

import pytest
import stripe

from dev.local_stripe import LocalStripe
from dev.local_stripe.tests.conftest import item_of, new_customer, pay_with, subscribe
from dev.local_stripe.tests.test_contract_of_answers import complaints


class Unfollowed(HTTPRedirectHandler):
    def redirect_request(self, *args: Any) -> None:
        return None


def visit(session: Any, action: str | None = None) -> str:
    """The page's text, after pressing the button if one is named."""
    data = None if action is None else f"action={quote(action)}".encode()
    with build_opener().open(Request(session.url, data)) as answer:
        return str(answer.read().decode())


def open_portal(client: Any, owner: Any, /, **params: Any) -> Any:
    given = {"customer": owner.id, "return_url": "https://shop.example.com/account", **params}
    return client.billing_portal.sessions.create(given)


def test_a_customer_cancels_and_changes_their_mind(server: LocalStripe, client: Any, customer: Any) -> None:
    subscription = subscribe(client, customer)
    session = open_portal(client, customer)
    page = visit(session)
    assert "Cancel the plan" in page
    assert "https://shop.example.com/account" in page
    assert "9.99 USD" in page
    assert "Do not cancel" in visit(session, f"cancel {subscription.id}")
    ending = client.subscriptions.retrieve(subscription.id)
    assert (ending.cancel_at_period_end, ending.cancel_at) == (False, item_of(ending).current_period_end)
    visit(session, f"resume {subscription.id}")
    assert client.subscriptions.retrieve(subscription.id).cancel_at is None


def test_a_customer_changes_plan_and_card(server: LocalStripe, client: Any, customer: Any) -> None:
    subscription = subscribe(client, customer)
    features = {
        "subscription_update": {
            "enabled": True,
            "proration_behavior": "always_invoice",
            "products": [{"product": item_of(subscription).price.product, "prices": ["price_elite"]}],
        },
        "payment_method_update": {"enabled": True},
    }
    configuration = client.billing_portal.configurations.create({"features": features, "metadata": {"a": "b"}})
    session = open_portal(client, customer, configuration=configuration.id)
    page = visit(session)
    assert ("Change to Elite" in page, "Change to Premium" in page, "Cancel the plan" in page) == (True, False, False)
    visit(session, f"cancel {subscription.id}")
    visit(session, f"price_elite {subscription.id}")
    changed = client.subscriptions.retrieve(subscription.id, {"expand": ["latest_invoice"]})
    assert (item_of(changed).price.id, changed.latest_invoice.total, changed.cancel_at) == ("price_elite", 2000, None)
    visit(session, "card")
    default = client.customers.retrieve(customer.id, {"expand": ["invoice_settings.default_payment_method"]})
    assert default.invoice_settings.default_payment_method.card.brand == "mastercard"


def test_a_declined_change_is_told_and_undone(client: Any, customer: Any) -> None:
    subscription = subscribe(client, customer)
    pay_with(client, customer, "pm_card_chargeCustomerFail")
    session = open_portal(client, customer)
    features = {"subscription_update": {"enabled": True, "proration_behavior": "always_invoice"}}
    client.billing_portal.configurations.update(session.configuration, {"features": features})
    assert "declined" in visit(session, f"price_elite {subscription.id}")
    assert item_of(client.subscriptions.retrieve(subscription.id)).price.id == "price_basic"


def test_configurations_are_made_changed_and_listed(server: LocalStripe, client: Any, customer: Any) -> None:
    made = client.billing_portal.configurations.create(
        {"features": {"invoice_history": {"enabled": True}}, "business_profile": {"headline": "Plans"}, "name": "A"}
    )
    service = client.billing_portal.configurations
    assert complaints(made.to_dict(for_json=True), stripe.billing_portal.Configuration, "configuration") == []
    changed = service.update(made.id, {"active": False, "business_profile": {"headline": ""}})
    assert (changed.active, changed.business_profile.headline, changed.features.invoice_history.enabled) == (
        False,
        None,
        True,
    )
    default = open_portal(client, customer).configuration
    assert [each.id for each in service.list({"is_default": True}).data] == [default]
    assert service.retrieve(default).features.subscription_cancel.enabled
    assert open_portal(client, customer).configuration == default
    assert len(server.events("billing_portal.configuration.updated")) == 1


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({"customer": "cus_none"}, "customer"),
        ({"configuration": "bpc_none"}, "configuration"),
    ],
)
def test_impossible_sessions_are_refused(client: Any, customer: Any, params: dict[str, Any], param: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        open_portal(client, customer, **params)
    assert caught.value.param == param


def test_nobody_reaches_a_stranger_s_subscription(client: Any, customer: Any) -> None:
    mine = subscribe(client, customer)
    stranger = new_customer(client)
    with pytest.raises(stripe.InvalidRequestError):
        client.billing_portal.sessions.create({})
    visit(open_portal(client, stranger), f"cancel {mine.id}")
    assert client.subscriptions.retrieve(mine.id).cancel_at is None
