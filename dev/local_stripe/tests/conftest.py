import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import stripe

from dev.local_stripe import LocalStripe
from dev.local_stripe.tests.receiver import Receiver

stripe.enable_telemetry = False

PRICES = {"basic": "price_basic", "premium": "price_premium", "elite": "price_elite"}
SECRET = "whsec_test"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver().start()
    yield receiver
    receiver.stop()


@pytest.fixture
def server() -> Iterator[LocalStripe]:
    """A server nobody listens to."""
    with LocalStripe(prices=PRICES) as server:
        yield server


@pytest.fixture
def wired(receiver: Receiver) -> Iterator[LocalStripe]:
    """A server that delivers to the receiver."""
    with LocalStripe(
        prices=PRICES,
        webhook_url=receiver.url,
        webhook_secrets=(SECRET,),
        retry_base_seconds=0.01,
        max_attempts=6,
    ) as server:
        yield server


def connect(server: LocalStripe) -> Any:
    """The real SDK, pointed at the server, without retries of its own."""
    return stripe.StripeClient("sk_test_local", base_addresses={"api": server.url}, max_network_retries=0).v1


@pytest.fixture
def client(server: LocalStripe) -> Any:
    return connect(server)


@pytest.fixture
def customer(client: Any) -> Any:
    """Alice pays with a good card."""
    return new_customer(client)


def new_customer(client: Any, token: str = "pm_card_visa") -> Any:
    return client.customers.create(
        {
            "email": "alice@example.com",
            "name": "Alice",
            "payment_method": token,
            "invoice_settings": {"default_payment_method": token},
        }
    )


def subscribe(client: Any, customer: Any, price: str = "price_basic", **params: Any) -> Any:
    items = params.pop("items", [{"price": price}])
    return client.subscriptions.create({"customer": customer.id, "items": items, **params})


def item_of(subscription: Any) -> Any:
    return subscription["items"].data[0]


def swap(client: Any, subscription: Any, price: str, **params: Any) -> Any:
    items = [{"id": item_of(subscription).id, "price": price}]
    return client.subscriptions.update(subscription.id, {"items": items, **params})


def pay_with(client: Any, customer: Any, token: str) -> None:
    method = client.payment_methods.attach(token, {"customer": customer.id})
    client.customers.update(customer.id, {"invoice_settings": {"default_payment_method": method.id}})


def eventually(condition: Callable[[], object], timeout: float = 60.0) -> bool:
    """True once the condition holds; False when the time is up first."""
    deadline = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.005)
    return True
