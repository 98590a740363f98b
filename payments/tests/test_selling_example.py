"""docs/examples/selling.py from end to end: bought, told by webhook, handed over, given back."""

from collections.abc import Iterator
from datetime import date
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import stripe
from rest_framework.test import APIClient

import payments
from accounts.models import User
from conftest import Api
from dev.local_stripe import LocalStripe
from payments import purchasables
from payments.models import Payment
from payments.services import create_refund
from payments.tests.delivering import Deliver, confirm
from payments.tests.selling import news

EXAMPLE = Path(payments.__path__[0]).parent / "docs" / "examples" / "selling.py"


def load() -> ModuleType:
    """The page's code as it stands; docs is no package."""
    spec = spec_from_file_location("selling_example", EXAMPLE)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


example = load()
STORES: tuple[Any, ...] = (example.ENTRIES, example.SESSIONS, example.RESERVATIONS, example.CONFIRMED)


@pytest.fixture(autouse=True)
def _shop() -> Iterator[None]:
    example.register_all()
    yield
    for kind in ("tournament_entry", "teaching_session", "venue_booking"):
        purchasables.unregister(kind)
    for store in STORES:
        store.clear()


def order(client: APIClient, kind: str, reference: str) -> Any:
    return client.post("/api/v1/payments/create-payment/", {"kind": kind, "reference": reference})


def test_an_entry_fee_is_bought_and_given_back(
    api: Api, bob: User, local_stripe: LocalStripe, browser: stripe.StripeClient, deliver: Deliver
) -> None:
    client = api(bob)
    bought = order(client, "tournament_entry", "spring-open").json()
    assert bought["amount"] == "25.00"
    assert not example.ENTRIES
    confirm(browser, bought["client_secret"])
    news(local_stripe, deliver, "payment_intent.succeeded")
    assert list(example.ENTRIES.values()) == [("spring-open", str(bob.pk))]
    assert order(client, "tournament_entry", "spring-open").json()["code"] == "purchase_limit_reached"

    browser.v1.refunds.create({"payment_intent": bought["payment_intent_id"], "amount": 500})
    news(local_stripe, deliver, "refund.created", "charge.refunded")
    assert len(example.ENTRIES) == 1
    create_refund(payment=Payment.objects.get())
    assert not example.ENTRIES


def test_a_session_has_its_teachers_price_and_our_share(
    api: Api, bob: User, local_stripe: LocalStripe, browser: stripe.StripeClient, deliver: Deliver
) -> None:
    client = api(bob)
    bought = order(client, "teaching_session", "grace:2026-12-01").json()
    confirm(browser, bought["client_secret"])
    news(local_stripe, deliver, "payment_intent.succeeded")
    assert (bought["amount"], Payment.objects.get().platform_fee) == ("150.00", 2250)
    assert list(example.SESSIONS.values()) == [("grace:2026-12-01", str(bob.pk))]
    assert order(client, "teaching_session", "grace:2026-12-01").status_code == 404
    create_refund(payment=Payment.objects.get())
    assert not example.SESSIONS


def test_a_venue_is_paid_for_in_yen_by_whoever_reserved_it(
    api: Api, bob: User, charlie: User, local_stripe: LocalStripe, browser: stripe.StripeClient, deliver: Deliver
) -> None:
    example.RESERVATIONS["res-1"] = (str(bob.pk), date(2026, 12, 5))
    assert order(api(charlie), "venue_booking", "res-1").status_code == 404
    bought = order(api(bob), "venue_booking", "res-1").json()
    assert (bought["amount"], bought["currency"]) == ("50000", "jpy")
    assert confirm(browser, bought["client_secret"]) == "requires_action"
    local_stripe.authenticate(bought["payment_intent_id"])
    news(local_stripe, deliver, "payment_intent.succeeded")
    assert list(example.CONFIRMED.values()) == ["res-1"]
    create_refund(payment=Payment.objects.get())
    assert not example.CONFIRMED


def test_the_example_is_short() -> None:
    """Ten lines each is what the page promises."""
    lines = EXAMPLE.read_text().splitlines()
    starts = [number for number, line in enumerate(lines) if line.endswith("= Purchasable(")]
    lengths = [lines.index(")", start) - start + 1 for start in starts]
    assert len(lengths) == 3
    assert max(lengths) <= 10
