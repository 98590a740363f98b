"""Money that is given back: once, never more than there is, and taken back again when the bank refuses it."""

import itertools
from collections.abc import Iterator
from uuid import uuid4

import pytest
import stripe
from django.db import transaction
from structlog.testing import capture_logs

from accounts.models import Plan, User
from dev.local_stripe import LocalStripe
from notifications.models import Notification
from numerai.common.errors import NotFound
from payments import gateway, purchasables, sync
from payments.gateway import ChargeAlreadyRefunded, ChargeDisputed, RefundTooLarge, StripeUnavailable
from payments.models import (
    BillingOperation,
    EventState,
    Fulfilment,
    OperationState,
    Payment,
    Refund,
    Subscription,
    WebhookEvent,
)
from payments.privacy import erase
from payments.purchasables import Purchase
from payments.services import create_refund, sweep_operations
from payments.services.refunds.refunding import NotRefundable
from payments.services.settling import CERTAIN_AFTER, SWEPT_AFTER
from payments.sync.customers import CustomerNotOurs
from payments.tests.delivering import Deliver, asked, forget
from payments.tests.factories import paid_invoice, paid_payment, paid_subscription
from payments.tests.paying import balance, buy, entries, hear, subscribe
from payments.tests.racing import together
from payments.tests.selling import KIND, Seller, selling
from payments.tests.test_settling import age

REFUNDS = "/v1/refunds"


@pytest.fixture(autouse=True)
def seller() -> Iterator[Seller]:
    with selling() as found:
        yield found


def given_back(server: LocalStripe) -> list[int]:
    return [refund["amount"] for refund in server.objects("refund") if refund["status"] not in {"failed", "canceled"}]


def kinds_told(user: User) -> list[str]:
    return list(Notification.objects.filter(recipient=user).order_by("pk").values_list("kind", flat=True))


def test_a_payment_is_given_back(
    local_stripe: LocalStripe, browser: stripe.StripeClient, bob: User, operator: User, seller: Seller
) -> None:
    payment = buy(browser, bob)
    assert (payment.fulfilment, len(seller.paid)) == (Fulfilment.FULFILLED, 1)

    refund = create_refund(payment=payment, actor=operator)

    payment.refresh_from_db()
    assert (refund.amount, refund.status, refund.origin, refund.reason) == (
        1000,
        "succeeded",
        "operator",
        "requested_by_customer",
    )
    assert (payment.amount_refunded, payment.refundable, payment.fulfilment) == (1000, 0, Fulfilment.REVERSED)
    assert [each.amount_refunded for each in seller.refunded] == [1000]
    assert entries(payment) == [("payment", 1000), ("refund", -1000)]
    told = Notification.objects.get(kind="payments.refund_made")
    assert (told.recipient, told.data["amount"]) == (bob, "10.00 USD")
    [made] = local_stripe.objects("refund")
    operation = BillingOperation.objects.get(kind="create_refund")
    assert made["metadata"] == {"operation_id": str(operation.pk), "origin": "operator"}
    assert asked(local_stripe, "POST", REFUNDS) == [str(operation.pk)]
    assert (operation.user, operation.params["actor_id"]) == (bob, str(operator.pk))


def test_who_has_closed_their_account_gets_their_money_back(
    local_stripe: LocalStripe, browser: stripe.StripeClient, bob: User, operator: User
) -> None:
    payment = buy(browser, bob)
    bob.is_active = False
    bob.save()
    assert create_refund(payment=payment, actor=operator).amount == 1000


def test_a_part_is_given_back_and_what_was_bought_stays(
    local_stripe: LocalStripe, browser: stripe.StripeClient, bob: User, operator: User, seller: Seller
) -> None:
    payment = buy(browser, bob)
    create_refund(payment_id=payment.pk, amount=300, actor=operator)
    payment.refresh_from_db()
    assert (payment.refundable, payment.fulfilment) == (700, Fulfilment.FULFILLED)
    assert [each.amount_refunded for each in seller.refunded] == [300]
    create_refund(payment_id=str(payment.pk), actor=operator)
    payment.refresh_from_db()
    assert (payment.refundable, payment.fulfilment) == (0, Fulfilment.REVERSED)
    assert given_back(local_stripe) == [300, 700]


def test_rule_75_what_is_given_back_is_the_sum_of_refunds_however_their_events_arrive(
    local_stripe: LocalStripe, browser: stripe.StripeClient, deliver: Deliver, bob: User
) -> None:
    payment = buy(browser, bob, card="pm_card_pendingRefund")
    for amount in (300, 200, 100):
        browser.v1.refunds.create({"payment_intent": payment.stripe_id, "amount": amount})
    first, second, _ = local_stripe.objects("refund")
    local_stripe.settle_refund(first["id"], "succeeded")
    local_stripe.settle_refund(second["id"], "failed")
    kinds = ("refund.", "charge.refunded")
    events = [event for event in local_stripe.events() if event["type"].startswith(kinds)]
    assert {event["type"] for event in events} == {
        "refund.created",
        "refund.updated",
        "refund.failed",
        "charge.refunded",
    }
    for number, event in enumerate(itertools.chain(reversed(events), events, events[::2])):
        deliver(event | {"id": f"evt_{number}"})
        hear(local_stripe, deliver, "nothing")
        payment.refresh_from_db()
        assert payment.amount_refunded == 400
    assert balance(payment) == 600
    assert set(WebhookEvent.objects.values_list("state", flat=True)) == {EventState.PROCESSED}


def test_rule_76_no_more_than_what_is_left(
    local_stripe: LocalStripe, browser: stripe.StripeClient, bob: User, operator: User
) -> None:
    payment = buy(browser, bob)
    create_refund(payment=payment, amount=300, actor=operator)
    create_refund(payment=payment, amount=400, actor=operator)
    payment.refresh_from_db()
    assert payment.refundable == 300
    before = len(local_stripe.requests)
    for amount in (400, 301, 0, -1):
        with pytest.raises(RefundTooLarge, match=r"At most 3\.00 USD"):
            create_refund(payment=payment, amount=amount, actor=operator)
    assert len(local_stripe.requests) == before
    assert given_back(local_stripe) == [300, 400]


@pytest.mark.usefixtures("_patience")
def test_rule_76_two_at_once_cannot_give_back_more_than_there_is(
    local_stripe: LocalStripe, browser: stripe.StripeClient, bob: User, operator: User
) -> None:
    payment = buy(browser, bob)

    def refund(_: int) -> str:
        try:
            create_refund(payment_id=payment.pk, amount=600, actor=operator)
        except RefundTooLarge:
            return "too large"
        return "made"

    assert sorted(together(2, refund)) == ["made", "too large"]
    assert given_back(local_stripe) == [600]
    assert len(asked(local_stripe, "POST", REFUNDS)) == 1


def test_rule_76_operations_of_unknown_outcome_count_as_given_back(
    local_stripe: LocalStripe, browser: stripe.StripeClient, bob: User, operator: User, charlie: User
) -> None:
    """Two operators give back what somebody paid who has been erased since, so no person's lock holds them apart."""
    payment = buy(browser, bob)
    with transaction.atomic():
        erase(bob.pk)
    local_stripe.faults.api(method="POST", path_prefix=REFUNDS, close_before=True, times=3)
    with pytest.raises(StripeUnavailable):
        create_refund(payment_id=payment.pk, amount=600, actor=operator)
    with pytest.raises(RefundTooLarge):
        create_refund(payment_id=payment.pk, amount=600, actor=charlie)
    create_refund(payment_id=payment.pk, amount=400, actor=charlie)
    assert given_back(local_stripe) == [400]
    with pytest.raises(NotRefundable):
        create_refund(payment_id=payment.pk)


def test_rule_77_a_double_click_gives_back_once(
    local_stripe: LocalStripe, browser: stripe.StripeClient, bob: User, operator: User
) -> None:
    payment = buy(browser, bob)
    first = create_refund(payment=payment, amount=300, actor=operator, client_key="click")
    again = create_refund(payment=payment, amount=300, actor=operator, client_key="click")
    assert first == again
    assert given_back(local_stripe) == [300]


def test_rule_77_an_answer_that_was_lost_is_asked_for_with_the_same_key(
    local_stripe: LocalStripe, browser: stripe.StripeClient, bob: User, operator: User
) -> None:
    payment = buy(browser, bob)
    local_stripe.faults.api(method="POST", path_prefix=REFUNDS, close_after_commit=True, times=3)
    with pytest.raises(StripeUnavailable):
        create_refund(payment=payment, actor=operator, client_key="click")
    refund = create_refund(payment=payment, actor=operator, client_key="click")
    assert (refund.amount, refund.origin) == (1000, "operator")
    assert given_back(local_stripe) == [1000]
    assert len(set(asked(local_stripe, "POST", REFUNDS))) == 1


def test_rule_77_a_refund_made_in_the_dashboard_is_external(
    local_stripe: LocalStripe, browser: stripe.StripeClient, deliver: Deliver, bob: User, seller: Seller
) -> None:
    payment = buy(browser, bob)
    browser.v1.refunds.create({"charge": payment.charge_id, "metadata": {"origin": "operator"}})
    assert hear(local_stripe, deliver, "refund.created") == [EventState.PROCESSED]
    row = Refund.objects.get()
    assert (row.origin, row.request, row.amount, row.payment) == ("external", None, 1000, payment)
    assert "payments.refund_made" in kinds_told(bob)
    assert len(seller.refunded) == 1


def test_rule_78_a_refund_that_fails_later_restores_money_and_access(
    local_stripe: LocalStripe,
    browser: stripe.StripeClient,
    deliver: Deliver,
    bob: User,
    operator: User,
    seller: Seller,
) -> None:
    payment = buy(browser, bob, card="pm_card_pendingRefund")
    refund = create_refund(payment=payment, actor=operator)
    assert refund.status == "pending"
    payment.refresh_from_db()
    assert (payment.amount_refunded, payment.fulfilment) == (1000, Fulfilment.REVERSED)

    local_stripe.settle_refund(refund.stripe_id, "succeeded")
    hear(local_stripe, deliver, "refund.updated")
    refund.refresh_from_db()
    assert refund.status == "succeeded"

    local_stripe.settle_refund(refund.stripe_id, "failed", failure_reason="lost_or_stolen_card")
    hear(local_stripe, deliver, "refund.")

    payment.refresh_from_db()
    refund.refresh_from_db()
    assert (refund.status, refund.failure_reason) == ("failed", "lost_or_stolen_card")
    assert (payment.amount_refunded, payment.refundable, payment.fulfilment) == (0, 1000, Fulfilment.FULFILLED)
    assert (len(seller.paid), len(seller.refunded)) == (2, 1)
    assert entries(payment) == [("payment", 1000), ("refund", -1000), ("refund_failed", 1000)]
    assert kinds_told(bob)[-2:] == ["payments.refund_made", "payments.refund_failed"]
    assert kinds_told(operator) == ["payments.operator_refund_failed"]
    assert Notification.objects.get(recipient=operator).data["why"] == "lost_or_stolen_card"


def test_rule_78_a_canceled_refund_gave_nothing_back(
    local_stripe: LocalStripe, browser: stripe.StripeClient, deliver: Deliver, bob: User, operator: User
) -> None:
    """Both happened before we heard of either, so nothing was ever booked."""
    payment = buy(browser, bob, card="pm_card_pendingRefund")
    made = browser.v1.refunds.create({"payment_intent": payment.stripe_id})
    local_stripe.settle_refund(made.id, "canceled")
    hear(local_stripe, deliver, "refund.created")
    payment.refresh_from_db()
    assert (Refund.objects.get().status, payment.amount_refunded, entries(payment)) == (
        "canceled",
        0,
        [("payment", 1000)],
    )
    assert Notification.objects.get(recipient=operator).data["why"] == "canceled"


def test_rule_78_a_refund_that_needs_the_customer_counts_and_says_so(
    local_stripe: LocalStripe, browser: stripe.StripeClient, bob: User
) -> None:
    payment = buy(browser, bob)
    browser.v1.refunds.create({"payment_intent": payment.stripe_id})
    with local_stripe.world.transaction():
        [refund] = local_stripe.world.all("refund")
        local_stripe.world.put("refund", refund | {"status": "requires_action"})
    sync.sync_refunds(payment.stripe_id)
    payment.refresh_from_db()
    assert payment.amount_refunded == 1000
    told = Notification.objects.get(kind="payments.refund_made")
    assert told.data["needs_action"]
    assert "follow the mail" in told.message


def test_rule_78_what_has_failed_stays_failed(
    local_stripe: LocalStripe, browser: stripe.StripeClient, bob: User
) -> None:
    payment = buy(browser, bob, card="pm_card_pendingRefund")
    made = browser.v1.refunds.create({"payment_intent": payment.stripe_id})
    local_stripe.settle_refund(made.id, "failed")
    sync.sync_refunds(payment.stripe_id)
    with local_stripe.world.transaction():
        [refund] = local_stripe.world.all("refund")
        local_stripe.world.put("refund", refund | {"status": "succeeded"})
    with capture_logs() as logs:
        sync.sync_refunds(payment.stripe_id)
    payment.refresh_from_db()
    assert (payment.amount_refunded, balance(payment)) == (0, 1000)
    assert "refund_would_revive" in [entry["event"] for entry in logs]


@pytest.mark.parametrize("is_end_wanted", [True, False])
def test_rule_79_a_refunded_period_ends_only_if_that_is_asked_for(
    local_stripe: LocalStripe, bob: User, operator: User, is_end_wanted: bool
) -> None:
    payment = subscribe(bob)
    create_refund(payment=payment, actor=operator, end_subscription=is_end_wanted)
    bob.refresh_from_db()
    standing = Subscription.objects.get()
    assert standing.status == ("canceled" if is_end_wanted else "active")
    assert bob.subscription_plan == (Plan.FREE if is_end_wanted else Plan.BASIC)
    assert given_back(local_stripe) == [999]
    assert balance(payment) == 0


def test_rule_79_asking_for_the_end_of_what_has_none_ends_nothing(
    local_stripe: LocalStripe, browser: stripe.StripeClient, bob: User, operator: User
) -> None:
    ticket = buy(browser, bob)
    create_refund(payment=ticket, actor=operator, end_subscription=True)
    payment = subscribe(bob)
    browser.v1.subscriptions.cancel(Subscription.objects.get().stripe_id)
    sync.sync_subscription(Subscription.objects.get().stripe_id)
    create_refund(payment=payment, actor=operator, end_subscription=True)
    assert given_back(local_stripe) == [1000, 999]
    assert len(asked(local_stripe, "DELETE", f"/v1/subscriptions/{Subscription.objects.get().stripe_id}")) == 1


def test_rule_79_what_a_credit_paid_is_not_given_back_in_money(
    local_stripe: LocalStripe, browser: stripe.StripeClient, bob: User, operator: User
) -> None:
    """999 were due, 400 of them stood on the customer's balance: 599 were taken from the card."""
    customer = browser.v1.customers.create({"name": "Bob", "metadata": {"user_id": str(bob.pk)}})
    browser.v1.customers.update(customer.id, {"balance": -400})
    card = browser.v1.payment_methods.attach("pm_card_visa", {"customer": customer.id})
    browser.v1.subscriptions.create(
        {"customer": customer.id, "items": [{"price": "price_test_basic"}], "default_payment_method": card.id}
    )
    sync.sync_invoice(local_stripe.objects("invoice")[0]["id"])
    payment = Payment.objects.get()
    assert payment.refundable == 599
    with pytest.raises(RefundTooLarge):
        create_refund(payment=payment, amount=999, actor=operator)
    assert create_refund(payment=payment, actor=operator).amount == 599


def test_rule_80_what_was_given_back_behind_our_back_is_refused_and_learned(
    local_stripe: LocalStripe, browser: stripe.StripeClient, bob: User, operator: User
) -> None:
    payment = buy(browser, bob)
    browser.v1.refunds.create({"payment_intent": payment.stripe_id})
    with pytest.raises(ChargeAlreadyRefunded):
        create_refund(payment=payment, actor=operator)
    payment.refresh_from_db()
    assert payment.amount_refunded == 1000
    assert BillingOperation.objects.get(kind="create_refund").state == OperationState.FAILED
    before = len(local_stripe.requests)
    with pytest.raises(ChargeAlreadyRefunded):
        create_refund(payment=payment, actor=operator)
    assert len(local_stripe.requests) == before


def test_rule_80_more_than_is_left_at_stripe_is_refused_and_learned(
    local_stripe: LocalStripe, browser: stripe.StripeClient, bob: User, operator: User
) -> None:
    payment = buy(browser, bob)
    browser.v1.refunds.create({"payment_intent": payment.stripe_id, "amount": 700})
    with pytest.raises(RefundTooLarge):
        create_refund(payment=payment, amount=400, actor=operator)
    payment.refresh_from_db()
    assert payment.refundable == 300


def test_rule_80_a_disputed_charge_is_refused_once_and_not_tried_again(
    local_stripe: LocalStripe, browser: stripe.StripeClient, bob: User, operator: User
) -> None:
    payment = buy(browser, bob)
    dispute = local_stripe.dispute(payment.stripe_id)
    with pytest.raises(ChargeDisputed):
        create_refund(payment=payment, actor=operator)
    operation = BillingOperation.objects.get(kind="create_refund")
    assert operation.state == OperationState.FAILED
    age(CERTAIN_AFTER)
    sweep_operations()
    assert len(asked(local_stripe, "POST", REFUNDS)) == 1

    sync.sync_dispute(dispute["id"])
    with pytest.raises(ChargeDisputed):
        create_refund(payment=payment, actor=operator)
    assert len(asked(local_stripe, "POST", REFUNDS)) == 1
    assert not Refund.objects.exists()


def test_what_is_not_paid_cannot_be_given_back(
    local_stripe: LocalStripe, browser: stripe.StripeClient, bob: User, operator: User
) -> None:
    subscription = paid_subscription(bob)
    invoice = paid_invoice(subscription)
    for row in (
        paid_payment(invoice, status="requires_payment_method", paid_at=None),
        paid_payment(invoice, amount=0),
        paid_payment(invoice, livemode=True),
    ):
        with pytest.raises(NotRefundable):
            create_refund(payment=row, actor=operator)
    with pytest.raises(NotFound):
        create_refund(payment_id=uuid4(), actor=operator)
    with pytest.raises(NotFound):
        create_refund(actor=operator)
    with pytest.raises(ValueError, match="duplicate"):
        create_refund(payment=row, reason="because", actor=operator)
    assert asked(local_stripe, "POST", REFUNDS) == []


def test_a_payment_that_stripe_does_not_know_is_reported(local_stripe: LocalStripe, bob: User, operator: User) -> None:
    payment = paid_payment(paid_invoice(paid_subscription(bob)))
    with capture_logs() as logs, pytest.raises(gateway.StripeMisconfigured):
        create_refund(payment=payment, actor=operator)
    assert "payment_missing_at_stripe" in [entry["event"] for entry in logs]
    assert BillingOperation.objects.get().state == OperationState.FAILED


def test_a_refusal_of_another_kind_is_ours_to_mend(
    local_stripe: LocalStripe, browser: stripe.StripeClient, bob: User, operator: User
) -> None:
    payment = buy(browser, bob)
    local_stripe.faults.api(method="POST", path_prefix=REFUNDS, status=400)
    with pytest.raises(gateway.StripeMisconfigured):
        create_refund(payment=payment, actor=operator)


def test_a_charge_without_an_intent_is_given_back(
    local_stripe: LocalStripe, browser: stripe.StripeClient, bob: User, operator: User
) -> None:
    intent = buy(browser, bob)
    charge_id = intent.charge_id
    forget(Payment)
    customer = intent.customer
    row = paid_payment(
        paid_invoice(paid_subscription(bob, customer=customer)), stripe_id=charge_id, charge_id=charge_id, amount=1000
    )
    assert create_refund(payment=row, amount=400, actor=operator).charge_id == charge_id
    row.refresh_from_db()
    assert row.refundable == 600


def test_a_refund_whose_answer_was_lost_is_found(
    local_stripe: LocalStripe, browser: stripe.StripeClient, bob: User, operator: User
) -> None:
    payment = subscribe(bob)
    local_stripe.faults.api(method="POST", path_prefix=REFUNDS, close_after_commit=True, times=3)
    with pytest.raises(StripeUnavailable):
        create_refund(payment=payment, actor=operator, end_subscription=True)
    age(SWEPT_AFTER)
    sweep_operations()
    operation = BillingOperation.objects.get(kind="create_refund")
    assert operation.state == OperationState.SUCCEEDED
    assert operation.result == {"refund": str(Refund.objects.get().pk), "request": ""}
    assert Subscription.objects.get().status == "canceled"
    assert given_back(local_stripe) == [999]


def test_a_refund_that_was_never_made_is_given_up(
    local_stripe: LocalStripe, browser: stripe.StripeClient, bob: User, operator: User
) -> None:
    payment = buy(browser, bob)
    local_stripe.faults.api(method="POST", path_prefix=REFUNDS, close_before=True, times=3)
    with pytest.raises(StripeUnavailable):
        create_refund(payment=payment, actor=operator)
    age(SWEPT_AFTER)
    sweep_operations()
    assert BillingOperation.objects.get(kind="create_refund").state == OperationState.UNKNOWN
    age(CERTAIN_AFTER)
    sweep_operations()
    assert BillingOperation.objects.get(kind="create_refund").state == OperationState.FAILED
    assert given_back(local_stripe) == []


def test_what_fails_after_the_money_has_gone_is_finished_later(
    local_stripe: LocalStripe, browser: stripe.StripeClient, bob: User, operator: User, seller: Seller
) -> None:
    """The list of refunds is refused once: the refund stands, so that is no refusal of it."""
    payment = buy(browser, bob)
    local_stripe.faults.api(method="GET", path_prefix=REFUNDS, status=404)
    with pytest.raises(StripeUnavailable):
        create_refund(payment=payment, actor=operator)
    assert BillingOperation.objects.get(kind="create_refund").state == OperationState.UNKNOWN
    local_stripe.faults.api(method="GET", path_prefix=REFUNDS, close_before=True, times=3)
    with pytest.raises(StripeUnavailable):
        create_refund(payment=payment, amount=1, actor=operator)
    age(SWEPT_AFTER)
    sweep_operations()
    assert BillingOperation.objects.get(params__amount="1000").state == OperationState.SUCCEEDED
    assert len(seller.refunded) == 1


def test_a_refund_before_we_heard_of_its_payment(
    local_stripe: LocalStripe, browser: stripe.StripeClient, deliver: Deliver, bob: User, seller: Seller
) -> None:
    payment_id = buy(browser, bob).stripe_id
    browser.v1.refunds.create({"payment_intent": payment_id, "amount": 400})
    forget(Payment)
    seller.paid.clear()
    assert hear(local_stripe, deliver, "charge.refunded") == [EventState.PROCESSED]
    payment = Payment.objects.get()
    assert (payment.amount_refunded, balance(payment)) == (400, 600)
    assert (len(seller.paid), [each.amount_refunded for each in seller.refunded]) == (1, [400])


def test_a_refund_of_what_is_not_ours_is_ignored(
    local_stripe: LocalStripe, browser: stripe.StripeClient, deliver: Deliver, bob: User
) -> None:
    customer = browser.v1.customers.create({"name": "Bob", "metadata": {"user_id": str(bob.pk)}})
    intent = browser.v1.payment_intents.create(
        {
            "amount": 500,
            "currency": "usd",
            "customer": customer.id,
            "payment_method": "pm_card_visa",
            "confirm": True,
            "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
        }
    )
    browser.v1.refunds.create({"payment_intent": intent.id})
    assert set(hear(local_stripe, deliver, "refund.created", "charge.refunded")) == {EventState.IGNORED}
    with pytest.raises(CustomerNotOurs):
        sync.sync_refunds("ch_unknown")
    assert not Refund.objects.exists()


def test_a_seller_that_fails_hides_no_refund(
    local_stripe: LocalStripe, browser: stripe.StripeClient, bob: User, operator: User
) -> None:
    """The money has gone, so whoever asked is told to try again, and once the seller is well everything is known."""

    def fail(purchase: Purchase) -> None:
        raise ZeroDivisionError

    payment = buy(browser, bob)
    purchasables.unregister(KIND)
    with selling(on_refunded=fail), capture_logs() as logs, pytest.raises(StripeUnavailable):
        create_refund(payment=payment, amount=300, actor=operator, client_key="click")
    assert [entry["event"] for entry in logs if entry["log_level"] == "error"] == ["refund_not_followed_up"]
    assert BillingOperation.objects.get(kind="create_refund").state == OperationState.UNKNOWN
    with selling() as well:
        assert create_refund(payment=payment, amount=300, actor=operator, client_key="click").amount == 300
        assert len(well.refunded) == 1
    assert given_back(local_stripe) == [300]


def test_a_refund_that_cannot_be_looked_at_is_known_later(
    local_stripe: LocalStripe, browser: stripe.StripeClient, bob: User, operator: User
) -> None:
    payment = buy(browser, bob)
    local_stripe.faults.api(method="GET", path_prefix=REFUNDS, status=500, times=20)
    with capture_logs() as logs, pytest.raises(StripeUnavailable):
        create_refund(payment=payment, amount=300, actor=operator, client_key="click")
    assert "refund_not_followed_up" not in [entry["event"] for entry in logs]
    local_stripe.faults.configure({"clear": True})
    assert create_refund(payment=payment, amount=300, actor=operator, client_key="click").amount == 300
    assert given_back(local_stripe) == [300]
