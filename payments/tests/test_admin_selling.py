"""Operators look at pages and payments, and decide about purchases that were held back."""

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.models import User
from dev.local_stripe import LocalStripe
from numerai.common.errors import DomainError
from payments.models import CheckoutSession, Payment, PurchaseReview, ReviewState
from payments.services import create_checkout_session, create_payment_intent
from payments.services.selling.checkouts import look_at_checkout
from payments.tests.selling import KIND, Seller, selling, told

REVIEWS = "admin:payments_purchasereview_changelist"


@pytest.fixture
def seller() -> Iterator[Seller]:
    with selling() as ours:
        yield ours


@pytest.fixture
def desk(client: Client, operator: User) -> Client:
    client.force_login(operator)
    return client


@pytest.fixture
def review(bob: User, local_stripe: LocalStripe, settings: Settings, seller: Seller) -> PurchaseReview:
    settings.PURCHASE_REVIEW_AFTER = 0
    with pytest.raises(DomainError):
        create_payment_intent(user=bob, kind=KIND, reference="row-1")
    return PurchaseReview.objects.get()


def decide(client: Client, review: PurchaseReview, action: str) -> str:
    body = {"action": action, "_selected_action": [str(review.pk)]}
    answer = client.post(reverse(REVIEWS), body, follow=True)
    review.refresh_from_db()
    return answer.content.decode()


@pytest.mark.parametrize(("action", "state"), [("approve", ReviewState.APPROVED), ("refuse", ReviewState.REFUSED)])
def test_a_purchase_is_decided_about_once(
    desk: Client, bob: User, operator: User, review: PurchaseReview, action: str, state: ReviewState
) -> None:
    assert "the person is told" in decide(desk, review, action)
    assert (review.state, review.decided_by_id) == (state, operator.pk)
    assert told(bob) == ["payments.purchase_reviewed"]
    assert "decided on this purchase already" in decide(desk, review, "approve")
    assert review.state == state
    shown = desk.get(reverse("admin:payments_purchasereview_change", args=[review.pk])).content.decode()
    assert "purchases in 60 minutes" in shown
    assert "operator@example.com" in shown


def test_looking_at_reviews_is_not_enough_to_decide(client: Client, charlie: User, review: PurchaseReview) -> None:
    charlie.is_staff = True
    charlie.save()
    charlie.user_permissions.add(Permission.objects.get(codename="view_purchasereview"))
    client.force_login(charlie)
    decide(client, review, "approve")
    assert review.state == ReviewState.OPEN
    charlie.user_permissions.add(Permission.objects.get(codename="decide_purchasereview"))
    decide(client, review, "approve")
    assert review.state == ReviewState.APPROVED


def test_pages_and_payments_lead_to_each_other(
    desk: Client, bob: User, local_stripe: LocalStripe, seller: Seller
) -> None:
    made = create_checkout_session(user=bob, kind=KIND, reference="row-1")
    local_stripe.pay_session(made.session_id)
    look_at_checkout(made.session_id)
    page, payment = CheckoutSession.objects.get(), Payment.objects.get()

    shown = desk.get(reverse("admin:payments_checkoutsession_change", args=[page.pk])).content.decode()
    assert reverse("admin:payments_payment_change", args=[payment.pk]) in shown
    assert made.session_id in shown
    listed = desk.get(reverse("admin:payments_payment_changelist"), {"fulfilment": "fulfilled"}).content.decode()
    assert "2.80 USD" in listed
    assert "1.03 USD" in listed
    found = desk.get(reverse("admin:payments_checkoutsession_changelist"), {"q": "bob@example.com"})
    assert found.context["cl"].result_count == 1
    for name in ("checkoutsession", "purchasereview"):
        assert desk.get(reverse(f"admin:payments_{name}_changelist")).status_code == 200
        assert desk.get(reverse(f"admin:payments_{name}_add")).status_code == 403
