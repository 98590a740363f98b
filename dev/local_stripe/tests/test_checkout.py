from typing import Any
from urllib.parse import urlencode

import pytest
import stripe

from dev.local_stripe import LocalStripe
from dev.local_stripe.tests.conftest import new_customer
from dev.local_stripe.tests.test_control_and_pages import control, fetch, page

DAY = 86_400
SHOP = {
    "success_url": "https://shop.example.com/done?session={CHECKOUT_SESSION_ID}",
    "cancel_url": "https://shop.example.com/cart",
}
REPORT = {
    "price_data": {"currency": "usd", "unit_amount": 1500, "product_data": {"name": "Report", "description": "Long"}},
    "quantity": 2,
}
SALE: dict[str, Any] = {**SHOP, "mode": "payment", "line_items": [REPORT]}
PLAN: dict[str, Any] = {**SHOP, "mode": "subscription", "line_items": [{"price": "price_basic", "quantity": 1}]}


def start(client: Any, params: dict[str, Any], **more: Any) -> Any:
    return client.checkout.sessions.create({**params, **more})


def read(client: Any, session: Any, *expand: str) -> Any:
    return client.checkout.sessions.retrieve(session.id, {"expand": list(expand)})


def test_a_purchase_is_paid_on_the_hosted_page(server: LocalStripe, client: Any, customer: Any) -> None:
    session = start(
        client,
        SALE,
        customer=customer.id,
        client_reference_id="7",
        metadata={"order": "9"},
        payment_intent_data={"metadata": {"purchase": "9"}, "description": "A report"},
        expand=["line_items"],
    )
    assert (session.status, session.payment_status, session.ui_mode) == ("open", "unpaid", "hosted_page")
    assert (session.amount_total, session.currency, session.payment_intent) == (3000, "usd", None)
    (line,) = session.line_items.data
    assert (line.description, line.quantity, line.amount_total, line.price.unit_amount) == ("Report", 2, 3000, 1500)
    assert (line.price.active, client.products.retrieve(line.price.product).description) == (False, "Long")
    assert "30.00 USD" in page(server, session.url.removeprefix(server.url))
    done = server.pay_session(session.id)
    assert (done["status"], done["payment_status"], done["url"]) == ("complete", "paid", None)
    found = read(client, session, "payment_intent.latest_charge.balance_transaction", "customer")
    intent = found.payment_intent
    assert (intent.status, intent.amount, intent.metadata.to_dict()) == ("succeeded", 3000, {"purchase": "9"})
    assert intent.latest_charge.balance_transaction.net == 3000 - 117
    assert (found.customer.id, found.customer_details.email) == (customer.id, "alice@example.com")
    assert (found.client_reference_id, found.metadata.to_dict()) == ("7", {"order": "9"})
    (event,) = server.events("checkout.session.completed")
    assert event["data"]["object"]["payment_intent"] == intent.id
    assert [each.id for each in client.checkout.sessions.list({"payment_intent": intent.id}).data] == [session.id]
    by_email = {"customer_details": {"email": "alice@example.com"}, "status": "complete"}
    assert len(client.checkout.sessions.list(by_email).data) == 1
    with pytest.raises(Exception, match="is complete"):
        server.pay_session(session.id)
    with pytest.raises(stripe.InvalidRequestError):
        client.checkout.sessions.expire(session.id)


def test_a_declined_card_leaves_the_purchase_open(server: LocalStripe, client: Any) -> None:
    session = start(client, SALE, customer_email="guest@shop.example.com")
    for card, authenticates in (("pm_card_chargeDeclined", True), ("pm_card_authenticationRequired", False)):
        with pytest.raises(Exception, match=r"declined|authenticate"):
            server.pay_session(session.id, card, authenticates=authenticates)
    open_ = read(client, session, "payment_intent")
    assert (open_.status, open_.payment_intent.status) == ("open", "requires_payment_method")
    done = server.pay_session(session.id, "pm_card_authenticationRequired")
    assert (done["payment_intent"], done["customer"]) == (open_.payment_intent.id, None)
    assert done["customer_details"]["email"] == "guest@shop.example.com"


@pytest.mark.parametrize("succeed", [True, False])
@pytest.mark.parametrize("params", [SALE, PLAN])
def test_slow_money_comes_or_does_not(server: LocalStripe, client: Any, params: Any, succeed: bool) -> None:
    session = start(client, params)
    done = server.pay_session_slowly(session.id)
    assert (done["status"], done["payment_status"]) == ("complete", "unpaid")
    settled = server.settle_session(session.id, succeed=succeed)
    assert settled["payment_status"] == ("paid" if succeed else "unpaid")
    outcome = "succeeded" if succeed else "failed"
    assert len(server.events(f"checkout.session.async_payment_{outcome}")) == 1
    if params is PLAN:
        status = client.subscriptions.retrieve(settled["subscription"]).status
        assert status == ("active" if succeed else "incomplete")
    with pytest.raises(Exception, match="no bank is to answer"):
        server.settle_session(session.id)


def test_slow_money_comes_by_itself(server: LocalStripe, client: Any) -> None:
    session = start(client, SALE)
    server.pay_session_slowly(session.id)
    server.advance(4 * DAY)
    assert read(client, session).payment_status == "paid"


def test_a_subscription_is_bought(server: LocalStripe, client: Any) -> None:
    session = start(client, PLAN, subscription_data={"metadata": {"user": "7"}}, customer_email="b@example.com")
    with pytest.raises(Exception, match="declined"):
        server.pay_session(session.id, "pm_card_chargeDeclined")
    assert (server.objects("subscription"), server.objects("customer")) == ([], [])
    server.pay_session(session.id, "pm_card_authenticationRequired")
    found = read(client, session, "subscription", "customer", "invoice")
    subscription = found.subscription
    assert (subscription.status, subscription.metadata.to_dict()) == ("active", {"user": "7"})
    assert subscription.default_payment_method is not None
    assert (found.customer.email, found.invoice.status, found.payment_status) == ("b@example.com", "paid", "paid")
    assert found.payment_intent is None


def test_a_trial_is_begun_without_a_payment(server: LocalStripe, client: Any) -> None:
    customer = client.customers.create({})
    trial = {"subscription_data": {"trial_period_days": 7}, "customer": customer.id}
    session = start(client, PLAN, **trial)
    assert session.amount_total == 0
    done = server.pay_session(session.id)
    assert done["payment_status"] == "no_payment_required"
    asking = start(client, PLAN, **trial)
    with pytest.raises(Exception, match="unable to authenticate"):
        server.pay_session(asking.id, "pm_card_authenticationRequired", authenticates=False)
    assert len(server.objects("subscription")) == 1
    done = server.pay_session(asking.id, "pm_card_authenticationRequired")
    subscription = client.subscriptions.retrieve(done["subscription"])
    assert (subscription.status, subscription.pending_setup_intent) == ("trialing", None)
    assert subscription.default_payment_method is not None


def test_a_card_is_saved(server: LocalStripe, client: Any) -> None:
    customer = client.customers.create({})
    session = start(
        client,
        {**SHOP, "mode": "setup", "currency": "usd", "customer": customer.id},
        setup_intent_data={"metadata": {"user": "7"}},
    )
    assert (session.payment_status, session.amount_total) == ("no_payment_required", None)
    assert "Save a card" in page(server, f"/checkout/{session.id}")
    for card, authenticates in (("pm_card_chargeDeclined", True), ("pm_card_authenticationRequired", False)):
        with pytest.raises(Exception, match=r"declined|authenticate"):
            server.pay_session(session.id, card, authenticates=authenticates)
    done = server.pay_session(session.id, "pm_card_authenticationRequired")
    intent = client.setup_intents.retrieve(done["setup_intent"])
    assert (done["status"], intent.status, intent.metadata.to_dict()) == ("complete", "succeeded", {"user": "7"})
    assert len(client.payment_methods.list({"customer": customer.id}).data) == 1
    plain = start(client, {**SHOP, "mode": "setup", "customer": customer.id})
    assert server.pay_session(plain.id)["status"] == "complete"


def test_a_price_of_the_moment_belongs_to_a_known_product(server: LocalStripe, client: Any) -> None:
    product = client.products.create({"name": "Fee"})
    now = {"currency": "kwd", "unit_amount": 1500, "product": product.id}
    session = start(client, {**SALE, "line_items": [{"price_data": now, "quantity": 1}]})
    server.pay_session(session.id)
    read_ = read(client, session, "line_items.data.price.product", "payment_intent")
    assert read_.line_items.data[0].price.product.active
    assert (read_.payment_intent.currency, read_.payment_intent.amount_received) == ("kwd", 1500)


def test_a_card_for_the_future_makes_a_customer(server: LocalStripe, client: Any) -> None:
    session = start(client, SALE, payment_intent_data={"setup_future_usage": "off_session"})
    done = server.pay_session(session.id)
    assert len(client.payment_methods.list({"customer": done["customer"]}).data) == 1


def test_discounts_lower_the_price_once(server: LocalStripe, client: Any) -> None:
    coupon = client.coupons.create({"percent_off": 50, "duration": "once"})
    session = start(client, SALE, discounts=[{"coupon": coupon.id}])
    assert (session.amount_subtotal, session.amount_total, session.total_details.amount_discount) == (3000, 1500, 1500)
    assert client.coupons.retrieve(coupon.id).times_redeemed == 0
    server.pay_session(session.id)
    assert client.coupons.retrieve(coupon.id).times_redeemed == 1
    assert read(client, session, "payment_intent").payment_intent.amount == 1500
    code = client.promotion_codes.create({"promotion": {"type": "coupon", "coupon": coupon.id}, "code": "HALF"})
    asking = start(client, PLAN, allow_promotion_codes=True)
    done = server.pay_session(asking.id, promotion_code=code.id)
    assert read(client, asking, "invoice").invoice.amount_paid == 499 == done["amount_total"]
    deaf = start(client, SALE)
    with pytest.raises(Exception, match="takes no promotion codes"):
        server.pay_session(deaf.id, promotion_code=code.id)


def test_what_costs_nothing_needs_no_payment(server: LocalStripe, client: Any) -> None:
    coupon = client.coupons.create({"percent_off": 100, "duration": "once"})
    session = start(client, SALE, discounts=[{"coupon": coupon.id}], customer_creation="always")
    done = server.pay_session(session.id)
    assert (done["payment_status"], done["payment_intent"]) == ("no_payment_required", None)
    assert done["customer"] is not None


def test_a_session_expires_after_a_day_or_by_hand(server: LocalStripe, client: Any) -> None:
    left, soon, ended = start(client, SALE), start(client, SALE, expires_at=server.now() + 3600), start(client, SALE)
    with pytest.raises(Exception, match="declined"):
        server.pay_session(left.id, "pm_card_chargeDeclined")
    assert client.checkout.sessions.expire(ended.id).status == "expired"
    server.advance(3700)
    assert (read(client, soon).status, read(client, left).status) == ("expired", "open")
    server.advance(DAY)
    gone = read(client, left, "payment_intent")
    assert (gone.status, gone.url, gone.payment_intent.status) == ("expired", None, "canceled")
    assert len(server.events("checkout.session.expired")) == 3


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({**SHOP, "line_items": [REPORT]}, "mode"),
        ({"mode": "payment", "line_items": [REPORT]}, "success_url"),
        ({**SHOP, "mode": "payment"}, "line_items"),
        ({**SALE, "subscription_data": {"metadata": {}}}, None),
        ({**SALE, "subscription_data": {"description": "x"}}, "subscription_data"),
        ({**SALE, "ui_mode": "elements"}, "ui_mode"),
        ({**SALE, "customer": "cus_none"}, "customer"),
        ({**SALE, "customer": "cus_none", "customer_email": "a@example.com"}, "customer_email"),
        ({**SALE, "allow_promotion_codes": True, "discounts": [{"coupon": "x"}]}, "discounts"),
        ({**SALE, "expires_at": 5}, "expires_at"),
        ({**SALE, "line_items": [{"price": "price_none", "quantity": 1}]}, "line_items[0][price]"),
        ({**SALE, "line_items": [{"price": "price_basic", "quantity": 1}]}, "line_items[0]"),
        ({**SALE, "line_items": [{"price": "price_basic"}]}, "line_items[0][quantity]"),
        ({**SALE, "line_items": [{"quantity": 1}]}, "line_items[0]"),
        ({**PLAN, "line_items": [REPORT]}, "line_items[0]"),
        (
            {**SALE, "line_items": [{**REPORT, "price_data": {**REPORT["price_data"], "unit_amount": 10}}]},  # type: ignore[dict-item]
            "amount",
        ),
        (
            {**SALE, "line_items": [REPORT, {**REPORT, "price_data": {**REPORT["price_data"], "currency": "eur"}}]},  # type: ignore[dict-item]
            "line_items[1]",
        ),
    ],
)
def test_what_cannot_be_sold_is_refused(server: LocalStripe, client: Any, params: Any, param: str | None) -> None:
    if param is None:
        start(client, params)
        return
    with pytest.raises(stripe.InvalidRequestError) as caught:
        start(client, params)
    assert caught.value.param == param
    assert server.objects("checkout.session") == []


def test_an_inactive_price_is_not_sold(client: Any) -> None:
    client.prices.update("price_basic", {"active": False})
    with pytest.raises(stripe.InvalidRequestError, match="inactive"):
        start(client, PLAN)


def press(server: LocalStripe, session: Any, action: str) -> tuple[int, str, str]:
    body = urlencode({"action": action}).encode()
    status, headers, answer = fetch(server, f"/checkout/{session.id}", body, "POST")
    return status, str(headers["Location"]), answer.decode()


def test_the_page_pays_declines_waits_and_goes_back(server: LocalStripe, client: Any) -> None:
    session = start(client, SALE)
    assert f'href="/checkout/{session.id}"' in page(server, "/")
    assert press(server, session, "cancel")[:2] == (303, SHOP["cancel_url"])
    assert "Your card was declined." in press(server, session, "decline")[2]
    assert "unable to authenticate" in press(server, session, "fail")[2]
    assert "Pay" in press(server, session, "dance")[2]
    assert press(server, session, "authenticate")[:2] == (303, f"https://shop.example.com/done?session={session.id}")
    assert "<button" not in page(server, f"/checkout/{session.id}")
    for action, status in (("arrive", "paid"), ("bounce", "unpaid")):
        slow = start(client, {name: value for name, value in SALE.items() if name != "cancel_url"})
        assert "Back to the shop" not in page(server, f"/checkout/{slow.id}")
        press(server, slow, "slow")
        assert "The money arrives" in page(server, f"/checkout/{slow.id}")
        press(server, slow, action)
        assert read(client, slow).payment_status == status
    assert fetch(server, "/checkout/cs_none")[0] == 404


def test_the_control_surface_pays(server: LocalStripe, client: Any) -> None:
    customer = new_customer(client)
    own = client.payment_methods.list({"customer": customer.id}).data[0].id
    session = start(client, SALE, customer=customer.id)
    assert control(server, "POST", f"pay_session/{session.id}", card=own)[1]["payment_status"] == "paid"
    slow = start(client, SALE)
    control(server, "POST", f"pay_session/{slow.id}", card="pm_local_slow")
    assert control(server, "POST", f"settle_session/{slow.id}", succeed=False)[1]["payment_status"] == "unpaid"
