"""An operator sees what a bill is made of, and changes nothing of it."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from payments.models import InvoiceLine
from payments.tests.factories import paid_invoice, paid_subscription

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client: Client, operator: User) -> Client:
    client.force_login(operator)
    return client


def test_a_bill_shows_its_lines_and_sums(desk: Client, alice: User) -> None:
    bill = paid_invoice(paid_subscription(alice), subtotal=2500, discount=501, total=1999)
    for position, amount in enumerate((-500, 3000)):
        InvoiceLine.objects.create(
            invoice=bill,
            stripe_id=f"il_{position}",
            position=position,
            description=f"Line {position}",
            amount=amount,
            currency="usd",
            period_start=bill.period_start,
            period_end=bill.period_end,
        )
    page = desk.get(reverse("admin:payments_billinghistory_change", args=[bill.pk])).content.decode()
    assert "subtotal 25.00 USD, discount 5.01 USD, total 19.99 USD, amount paid 19.99 USD" in page
    assert page.index("Line 0") < page.index("-5.00 USD") < page.index("Line 1") < page.index("30.00 USD")
    assert 'name="lines-0-description"' not in page
    assert 'name="lines-TOTAL_FORMS" value="2"' in page or 'value="2" id="id_lines-TOTAL_FORMS"' in page


def test_a_bill_over_nothing_has_no_sums(desk: Client, alice: User) -> None:
    bill = paid_invoice(paid_subscription(alice), amount=0, amount_paid=0)
    page = desk.get(reverse("admin:payments_billinghistory_change", args=[bill.pk])).content.decode()
    assert "amount paid" not in page
