import threading
from typing import Any

import pytest
import stripe

from dev.local_stripe import LocalStripe
from dev.local_stripe.tests.conftest import connect, new_customer, subscribe

KEY = {"idempotency_key": "key-1"}


def test_the_same_key_and_parameters_replay_the_answer(server: LocalStripe, client: Any) -> None:
    first = client.customers.create({"name": "A"}, KEY)
    second = client.customers.create({"name": "A"}, KEY)
    assert first.id == second.id
    assert len(server.objects("customer")) == 1
    assert "Idempotent-Replayed" not in first.last_response.headers
    assert second.last_response.headers["Idempotent-Replayed"] == "true"
    assert second.last_response.headers["Idempotency-Key"] == "key-1"
    assert second.last_response.headers["Stripe-Version"] == stripe.api_version
    assert second.last_response.request_id.startswith("req_")


def test_the_same_key_with_other_parameters_is_an_error(server: LocalStripe, client: Any) -> None:
    client.customers.create({"name": "A"}, KEY)
    with pytest.raises(stripe.IdempotencyError) as caught:
        client.customers.create({"name": "B"}, KEY)
    assert caught.value.http_status == 400
    assert len(server.objects("customer")) == 1


def test_a_key_is_forgotten_after_a_day(server: LocalStripe, client: Any) -> None:
    client.customers.create({"name": "A"}, KEY)
    server.advance(86_390)
    client.customers.create({"name": "A"}, KEY)
    server.advance(20)
    client.customers.create({"name": "B"}, KEY)
    assert len(server.objects("customer")) == 2


def test_a_decline_is_replayed_without_a_second_attempt(server: LocalStripe, client: Any) -> None:
    customer = new_customer(client, "pm_card_chargeCustomerFail")
    subscription = subscribe(client, customer)
    for _ in range(2):
        with pytest.raises(stripe.CardError):
            client.invoices.pay(subscription.latest_invoice, {}, KEY)
    assert len(server.objects("charge")) == 2


def test_a_refused_parameter_does_not_use_up_the_key(client: Any) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        client.customers.create({"nmae": "A"}, KEY)
    assert client.customers.create({"name": "A"}, KEY).name == "A"


def test_a_500_is_replayed_for_its_key(server: LocalStripe, client: Any) -> None:
    server.faults.api(method="POST", path_prefix="/v1/customers", status=500)
    for _ in range(2):
        with pytest.raises(stripe.APIError):
            client.customers.create({}, KEY)
    assert server.objects("customer") == []
    assert client.customers.create({}).id


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (429, stripe.RateLimitError),
        (409, stripe.APIError),
        (503, stripe.APIError),
        (401, stripe.AuthenticationError),
    ],
)
def test_other_injected_errors_leave_the_key_free(
    server: LocalStripe, client: Any, status: int, error: type[Exception]
) -> None:
    server.faults.api(path_prefix="/v1/customers", status=status)
    with pytest.raises(error):
        client.customers.create({}, KEY)
    assert client.customers.create({}, KEY).id


def test_a_500_can_be_told_not_to_stick(server: LocalStripe, client: Any) -> None:
    server.faults.api(status=500, times=2, remember=False)
    for _ in range(2):
        with pytest.raises(stripe.APIError):
            client.customers.create({}, KEY)
    assert client.customers.create({}, KEY).id


def test_two_requests_at_once_with_one_key_conflict(server: LocalStripe, client: Any) -> None:
    server.faults.api(method="POST", delay_ms=2000)
    refusals: list[Any] = []

    def create() -> None:
        try:
            client.customers.create({}, KEY)
        except stripe.StripeError as error:
            refusals.append(error)

    threads = [threading.Thread(target=create) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (refusal,) = refusals
    assert refusal.http_status == 409
    assert (refusal.error.type, refusal.error.code) == ("idempotency_error", "idempotency_key_in_use")
    assert len(server.objects("customer")) == 1


def test_what_is_still_delayed_at_a_reset_is_not_done_after_it(server: LocalStripe, client: Any) -> None:
    server.faults.api(method="POST", delay_ms=2000)
    lost: list[stripe.StripeError] = []

    def create() -> None:
        try:
            client.customers.create({})
        except stripe.APIConnectionError as error:
            lost.append(error)

    late = threading.Thread(target=create)
    late.start()
    while server.faults.configure({})["api"]:
        late.join(0.01)
    server.reset()
    late.join()

    assert len(lost) == 1
    assert (server.objects("customer"), server.requests) == ([], [])


def test_a_connection_lost_before_the_work_leaves_nothing(server: LocalStripe, client: Any) -> None:
    server.faults.api(close_before=True)
    with pytest.raises(stripe.APIConnectionError):
        client.customers.create({}, KEY)
    assert server.objects("customer") == []
    client.customers.create({}, KEY)
    assert len(server.objects("customer")) == 1


def test_a_connection_lost_after_the_work_is_healed_by_the_same_key(server: LocalStripe, client: Any) -> None:
    customer = new_customer(client)
    server.faults.api(method="POST", path_prefix="/v1/subscriptions", close_after_commit=True)
    params = {"customer": customer.id, "items": [{"price": "price_basic"}]}
    with pytest.raises(stripe.APIConnectionError):
        client.subscriptions.create(params, KEY)
    again = client.subscriptions.create(params, KEY)
    assert [each["id"] for each in server.objects("subscription")] == [again.id]


def test_an_answer_can_carry_headers_of_the_test(server: LocalStripe) -> None:
    server.faults.api(status=500, times=3, remember=False, headers={"Stripe-Should-Retry": "false"})
    patient = stripe.StripeClient("sk_test_1", base_addresses={"api": server.url}, max_network_retries=2)
    with pytest.raises(stripe.APIError):
        patient.v1.customers.list()
    assert [request.status for request in server.requests] == [500]


def test_faults_touch_only_what_they_match(server: LocalStripe, client: Any) -> None:
    server.faults.api(method="DELETE", path_prefix="/v1/customers", status=500)
    customer = client.customers.create({})
    with pytest.raises(stripe.APIError):
        client.customers.delete(customer.id)
    assert client.customers.delete(customer.id).deleted is True


def test_answers_survive_a_restart(tmp_path: Any) -> None:
    storage = tmp_path / "stripe.sqlite3"
    with LocalStripe(storage=storage) as server:
        first = connect(server).customers.create({}, KEY)
    with LocalStripe(storage=storage) as server:
        assert connect(server).customers.create({}, KEY).id == first.id
