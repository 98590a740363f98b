"""Coupons and promotion codes: who may redeem them, and what they take off invoices."""

from typing import Any

import pytest
import stripe

from dev.local_stripe import LocalStripe
from dev.local_stripe.tests.conftest import item_of, new_customer, subscribe, swap
from dev.local_stripe.tests.test_contract_of_answers import complaints

DAY = 86_400


def coupon(client: Any, **params: Any) -> str:
    return str(client.coupons.create({"percent_off": 25, "duration": "forever", **params}).id)


def code(client: Any, coupon: str, **params: Any) -> Any:
    return client.promotion_codes.create({"promotion": {"type": "coupon", "coupon": coupon}, **params})


def totals(client: Any, subscription: Any) -> list[int]:
    invoices = client.invoices.list({"subscription": subscription.id}).data
    return [invoice.total for invoice in reversed(invoices)]


def test_a_coupon_lowers_the_first_invoice_and_says_so(server: LocalStripe, client: Any, customer: Any) -> None:
    half = coupon(client, percent_off=50, name="Half", id="HALF", metadata={"a": "b"})
    subscription = subscribe(client, customer, discounts=[{"coupon": half}], expand=["latest_invoice", "discounts"])
    (discount,) = subscription.discounts
    assert (discount.source.coupon, discount.customer, discount.subscription, discount.end) == (
        "HALF",
        customer.id,
        subscription.id,
        None,
    )
    invoice = subscription.latest_invoice
    assert (invoice.subtotal, invoice.total, invoice.amount_paid) == (999, 499, 499)
    assert invoice.total_discount_amounts[0].to_dict() == {"amount": 500, "discount": discount.id}
    assert invoice.lines.data[0].discount_amounts[0].amount == 500
    assert invoice.lines.data[0].amount == 999
    assert client.coupons.retrieve("HALF").times_redeemed == 1
    assert server.events("customer.discount.created")[0]["data"]["object"]["id"] == discount.id
    expanded = client.invoices.retrieve(invoice.id, {"expand": ["discounts.source.coupon"]})
    assert expanded.discounts[0].source.coupon.name == "Half"


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        ({"duration": "once"}, [749, 999, 999, 999]),
        ({"duration": "repeating", "duration_in_months": 2}, [749, 749, 999, 999]),
        ({"duration": "forever"}, [749, 749, 749, 749]),
    ],
)
def test_a_coupon_lasts_as_long_as_it_says(
    server: LocalStripe, client: Any, customer: Any, terms: dict[str, Any], expected: list[int]
) -> None:
    subscription = subscribe(client, customer, discounts=[{"coupon": coupon(client, **terms)}])
    server.advance(95 * DAY)
    assert totals(client, subscription) == expected
    ended = terms["duration"] != "forever"
    assert len(server.events("customer.discount.deleted")) == ended
    assert len(client.subscriptions.retrieve(subscription.id).discounts) == (not ended)


def test_an_amount_off_is_spread_over_the_lines_and_never_gives_money(client: Any, customer: Any) -> None:
    three = client.coupons.create({"amount_off": 1000, "currency": "usd", "duration": "forever"}).id
    items = [{"price": "price_basic"}, {"price": "price_premium"}]
    subscription = subscribe(client, customer, items=items, discounts=[{"coupon": three}], expand=["latest_invoice"])
    invoice = subscription.latest_invoice
    cuts = [line.discount_amounts[0].amount for line in invoice.lines.data]
    assert (invoice.total, sum(cuts), cuts) == (1998, 1000, [333, 667])
    huge = client.coupons.create({"amount_off": 99_999, "currency": "usd", "duration": "once"}).id
    free = subscribe(client, customer, discounts=[{"coupon": huge}], expand=["latest_invoice"])
    assert (free.status, free.latest_invoice.total, free.latest_invoice.status) == ("active", 0, "paid")


def test_a_coupon_for_one_invoice_survives_a_trial(server: LocalStripe, client: Any, customer: Any) -> None:
    once = coupon(client, duration="once")
    subscription = subscribe(client, customer, trial_period_days=7, discounts=[{"coupon": once}])
    server.advance(50 * DAY)
    assert totals(client, subscription) == [0, 749, 999]


def test_unused_time_is_given_back_at_the_price_that_was_paid(server: LocalStripe, client: Any, customer: Any) -> None:
    subscription = subscribe(client, customer, discounts=[{"coupon": coupon(client, percent_off=50)}])
    details = {
        "items": [{"id": item_of(subscription).id, "price": "price_elite"}],
        "proration_behavior": "always_invoice",
        "proration_date": server.now(),
    }
    shown = client.invoices.create_preview({"subscription": subscription.id, "subscription_details": details})
    client.subscriptions.update(subscription.id, details)
    assert totals(client, subscription)[-1] == shown.total
    assert shown.total in (1000, 1001)
    client.subscriptions.cancel(subscription.id, {"prorate": True, "invoice_now": True})
    assert totals(client, subscription)[-1] in (-1499, -1500)


def test_a_free_upgrade_gives_no_money_back(server: LocalStripe, client: Any, customer: Any) -> None:
    subscription = subscribe(client, customer)
    swap(client, subscription, "price_elite", proration_behavior="none")
    client.subscriptions.cancel(subscription.id, {"prorate": True, "invoice_now": True})
    assert totals(client, subscription)[-1] in (-998, -999)
    trial = subscribe(client, customer, trial_period_days=5)
    client.subscriptions.cancel(trial.id, {"prorate": True, "invoice_now": True})
    assert totals(client, trial)[-1] == 0


def test_discounts_are_replaced_kept_and_removed_by_updates(server: LocalStripe, client: Any, customer: Any) -> None:
    first, second = coupon(client), coupon(client, percent_off=10)
    subscription = subscribe(client, customer, discounts=[{"coupon": first}])
    kept = subscription.discounts[0]
    both = client.subscriptions.update(subscription.id, {"discounts": [{"discount": kept}, {"coupon": second}]})
    assert (both.discounts[0], len(both.discounts)) == (kept, 2)
    shown = client.invoices.create_preview({"subscription": subscription.id})
    assert (shown.subtotal, shown.total) == (999, 674)
    without = client.invoices.create_preview({"subscription": subscription.id, "discounts": ""})
    assert without.total == 999
    cleared = client.subscriptions.update(subscription.id, {"discounts": ""})
    assert (cleared.discounts, len(server.events("customer.discount.deleted"))) == ([], 2)
    assert client.coupons.retrieve(first).times_redeemed == 1


def test_a_preview_redeems_nothing(server: LocalStripe, client: Any, customer: Any) -> None:
    subscription, quarter = subscribe(client, customer), coupon(client)
    before = len(server.events())
    params = {"subscription": subscription.id, "discounts": [{"coupon": quarter}]}
    assert client.invoices.create_preview(params).total == 749
    assert (client.coupons.retrieve(quarter).times_redeemed, len(server.events())) == (0, before)


def test_a_promotion_code_is_found_by_its_text_and_redeemed(server: LocalStripe, client: Any, customer: Any) -> None:
    promo = code(client, coupon(client), code="WELCOME", max_redemptions=1, metadata={"team": "x"})
    found = client.promotion_codes.list({"code": "welcome", "active": True}).data
    assert [each.id for each in found] == [promo.id]
    subscription = subscribe(
        client, customer, discounts=[{"promotion_code": promo.id}], expand=["latest_invoice", "discounts"]
    )
    assert subscription.latest_invoice.total == 749
    assert subscription.discounts[0].promotion_code == promo.id
    used = client.promotion_codes.retrieve(promo.id, {"expand": ["promotion.coupon"]})
    assert (used.times_redeemed, used.active, used.promotion.coupon.percent_off) == (1, False, 25)
    assert client.promotion_codes.list({"code": "WELCOME", "active": True}).data == []
    with pytest.raises(stripe.InvalidRequestError, match="expired or inactive"):
        subscribe(client, customer, discounts=[{"promotion_code": promo.id}])
    assert len(server.objects("subscription")) == 1


def refused(client: Any, customer: Any, **entry: str) -> tuple[str | None, str | None]:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        subscribe(client, customer, discounts=[entry])
    return caught.value.code, caught.value.param


def test_what_cannot_be_redeemed_is_refused(server: LocalStripe, client: Any, customer: Any) -> None:
    plain = coupon(client)
    assert refused(client, customer, coupon="none") == ("resource_missing", "discounts[0][coupon]")
    assert refused(client, customer, promotion_code="promo_none") == (
        "resource_missing",
        "discounts[0][promotion_code]",
    )
    assert refused(client, customer, discount="di_none") == ("resource_missing", "discounts[0][discount]")
    assert refused(client, customer, coupon=plain, promotion_code="x") == (None, "discounts[0]")
    late = coupon(client, redeem_by=server.now() + DAY)
    short = code(client, plain, expires_at=server.now() + DAY)
    off = code(client, plain)
    client.promotion_codes.update(off.id, {"active": False})
    server.advance(DAY)
    assert refused(client, customer, coupon=late) == ("coupon_expired", "discounts[0][coupon]")
    euro = client.coupons.create({"amount_off": 100, "currency": "eur"}).id
    assert refused(client, customer, coupon=euro) == (None, "discounts[0][coupon]")
    other = code(client, plain, customer=new_customer(client).id)
    dear = code(client, plain, restrictions={"minimum_amount": 5000, "minimum_amount_currency": "usd"})
    for each in (short, off, other, dear):
        assert refused(client, customer, promotion_code=each.id) == (None, "discounts[0][promotion_code]")


def test_a_code_for_first_purchases_is_refused_to_who_bought(client: Any, customer: Any) -> None:
    first = code(client, coupon(client), restrictions={"first_time_transaction": True})
    subscribe(client, customer, discounts=[{"promotion_code": first.id}])
    with pytest.raises(stripe.InvalidRequestError, match="prior transactions"):
        subscribe(client, customer, discounts=[{"promotion_code": first.id}])


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"percent_off": 10, "amount_off": 5, "currency": "usd"},
        {"percent_off": 101},
        {"amount_off": 5},
        {"percent_off": 10, "duration": "repeating"},
        {"percent_off": 10, "id": "TAKEN"},
    ],
)
def test_impossible_coupons_are_refused(client: Any, params: dict[str, Any]) -> None:
    coupon(client, id="TAKEN")
    with pytest.raises(stripe.InvalidRequestError):
        client.coupons.create(params)


def test_a_text_names_one_active_code(client: Any) -> None:
    promo = code(client, coupon(client), code="ONE")
    with pytest.raises(stripe.InvalidRequestError, match="already exists"):
        code(client, coupon(client), code="one")
    client.promotion_codes.update(promo.id, {"active": False})
    assert code(client, coupon(client), code="one").active


def test_coupons_codes_and_discounts_have_the_fields_of_their_classes(
    server: LocalStripe, client: Any, customer: Any
) -> None:
    quarter = coupon(client)
    promo = code(client, quarter, restrictions={"minimum_amount": 1, "minimum_amount_currency": "usd"})
    subscribe(client, customer, discounts=[{"promotion_code": promo.id}])
    classes = {"coupon": stripe.Coupon, "promotion_code": stripe.PromotionCode, "discount": stripe.Discount}
    for kind, cls in classes.items():
        assert [complaints(each, cls, kind) for each in server.objects(kind)] == [[]]
    assert [complaints(each, stripe.Invoice, "invoice") for each in server.objects("invoice")] == [[]]
    assert len(server.events("promotion_code.created")) == 1
