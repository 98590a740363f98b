import json
import re
from html.parser import HTMLParser
from typing import Any
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

import pytest
import stripe

from dev.local_stripe import LocalStripe
from dev.local_stripe.resources.catalogue import money
from dev.local_stripe.tests.conftest import connect, new_customer, subscribe
from dev.local_stripe.tests.receiver import Receiver


class Stay(HTTPRedirectHandler):
    """Redirects are looked at, not followed."""

    def redirect_request(self, *args: Any) -> None:
        return None


def fetch(server: LocalStripe, path: str, body: bytes | None = None, method: str = "GET") -> tuple[int, Any, bytes]:
    request = Request(server.url + path, data=body, method=method)
    try:
        with build_opener(Stay).open(request, timeout=60) as answer:
            return answer.status, answer.headers, answer.read()
    except HTTPError as error:
        with error:
            return error.code, error.headers, error.read()


def control(server: LocalStripe, method: str, path: str, **settings: Any) -> tuple[int, Any]:
    body = json.dumps(settings).encode() if settings else None
    status, _, answer = fetch(server, f"/_local/{path}", body, method)
    return status, json.loads(answer)


def page(server: LocalStripe, path: str) -> str:
    status, headers, body = fetch(server, path)
    assert (status, headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    text = body.decode()
    Balanced().check(text)
    return text


class Balanced(HTMLParser):
    """Every element that opens closes."""

    VOID = {"meta", "p"}

    def check(self, text: str) -> None:
        self.open: list[str] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self.open.pop() == tag


def test_health_tells_the_version(server: LocalStripe) -> None:
    status, answer = control(server, "GET", "health")
    assert (status, answer["status"], answer["api_version"]) == (200, "ok", stripe.api_version)


def test_the_clock_is_read_and_advanced(server: LocalStripe) -> None:
    _, before = control(server, "GET", "clock")
    status, after = control(server, "POST", "clock", advance_seconds=3600)
    assert (status, after["offset"]) == (200, 3600)
    assert after["now"] - before["now"] in range(3600, 3605)


@pytest.mark.parametrize("seconds", [-1, "soon", None])
def test_the_clock_only_goes_forward(server: LocalStripe, seconds: Any) -> None:
    status, answer = control(server, "POST", "clock", advance_seconds=seconds)
    assert (status, answer["error"]["type"]) == (400, "invalid_request_error")


def test_deliveries_are_listed_and_repeated(wired: LocalStripe, receiver: Receiver) -> None:
    connect(wired).customers.create({})
    assert wired.wait_idle()
    _, listed = control(wired, "GET", "deliveries")
    (delivery,) = listed["data"]
    assert (delivery["type"], delivery["state"], delivery["endpoint"]) == (
        "customer.created",
        "delivered",
        receiver.url,
    )
    assert control(wired, "POST", f"redeliver/{delivery['event']}")[0] == 200
    assert wired.wait_idle()
    assert receiver.types == ["customer.created"] * 2
    assert control(wired, "POST", f"forget/{delivery['event']}")[0] == 400
    assert control(wired, "POST", "redeliver/evt_none")[0] == 404


def test_faults_are_set_shown_and_cleared(server: LocalStripe, client: Any) -> None:
    status, answer = control(
        server,
        "POST",
        "faults",
        webhooks={"drop": 0.1, "seed": 4},
        api={"path_prefix": "/v1/customers", "status": 429, "times": 2},
    )
    assert (status, answer["webhooks"]["drop"], answer["api"][0]["times"]) == (200, 0.1, 2)
    with pytest.raises(stripe.RateLimitError):
        client.customers.create({})
    _, answer = control(server, "POST", "faults", clear=True, api=[{"status": 500}])
    assert [fault["status"] for fault in answer["api"]] == [500]
    assert answer["webhooks"]["drop"] == 0.0
    assert control(server, "POST", "faults", api={"stauts": 500})[0] == 400
    assert control(server, "POST", "faults", status=500)[0] == 400


def test_authentication_is_played(server: LocalStripe, client: Any) -> None:
    params = {
        "amount": 900,
        "currency": "usd",
        "confirm": True,
        "payment_method": "pm_card_authenticationRequired",
    }
    done, failed = client.payment_intents.create(params), client.payment_intents.create(params)
    assert control(server, "POST", f"authenticate/{done.id}")[1]["status"] == "succeeded"
    status, answer = control(server, "POST", f"authenticate/{failed.id}", succeed=False)
    assert (status, answer["status"]) == (200, "requires_payment_method")
    assert control(server, "POST", f"authenticate/{failed.id}", outcome="fail")[0] == 400


def test_reset_goes_back_to_the_first_start(wired: LocalStripe, receiver: Receiver) -> None:
    client = connect(wired)
    client.customers.create({})
    wired.advance(1000)
    assert control(wired, "POST", "reset")[0] == 200
    assert (wired.objects("customer"), wired.events(), wired.requests) == ([], [], [])
    assert {price["id"] for price in wired.objects("price")} == {"price_basic", "price_premium", "price_elite"}
    client.customers.create({})
    assert wired.wait_idle()
    assert receiver.types[-1] == "customer.created"


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "nothing"), ("DELETE", "clock"), ("GET", "reset"), ("POST", "events")]
)
def test_other_controls_do_not_exist(server: LocalStripe, method: str, path: str) -> None:
    assert control(server, method, path)[0] == 400


@pytest.mark.parametrize("body", [b"{", b"[]"])
def test_controls_take_json_objects(server: LocalStripe, body: bytes) -> None:
    assert fetch(server, "/_local/clock", body, "POST")[0] == 400


def test_the_overview_shows_everything_and_escapes_it(wired: LocalStripe) -> None:
    assert "none yet" in page(wired, "/")
    client = connect(wired)
    customer = new_customer(client)
    client.customers.update(customer.id, {"name": "<script>alert(1)</script>"})
    subscription = subscribe(client, customer)
    assert wired.wait_idle()
    text = page(wired, "/")
    assert "<script>" not in text
    for shown in (customer.id, "alice@example.com", subscription.id, "9.99 USD", "invoice.paid", "delivered"):
        assert shown in text


def test_an_invoice_has_a_page_and_a_pdf(server: LocalStripe, client: Any, customer: Any) -> None:
    subscription = subscribe(client, customer, expand=["latest_invoice"])
    invoice = subscription.latest_invoice
    text = page(server, invoice.hosted_invoice_url.removeprefix(server.url))
    assert invoice.number in text
    assert "1 x Basic (at 9.99 USD / month)" in text
    status, headers, pdf = fetch(server, invoice.invoice_pdf.removeprefix(server.url))
    assert (status, headers["Content-Type"]) == (200, "application/pdf")
    assert pdf.startswith(b"%PDF-1.4")
    assert pdf.endswith(b"%%EOF\n")
    start = int(pdf.rsplit(b"startxref\n", 1)[1].split(b"\n")[0])
    assert pdf[start : start + 4] == b"xref"
    for number, offset in enumerate(re.findall(rb"(\d{10}) 00000 n", pdf), start=1):
        assert pdf[int(offset) :].startswith(b"%d 0 obj" % number)
    (length,) = re.findall(rb"/Length (\d+)", pdf)
    assert len(pdf.split(b">>\nstream\n")[1].split(b"\nendstream")[0]) == int(length)


def press(server: LocalStripe, intent: str, action: str) -> str:
    body = urlencode({"action": action}).encode()
    status, headers, _ = fetch(server, f"/pay/{intent}", body, "POST")
    assert status == 303
    return str(headers["Location"])


def test_an_open_invoice_leads_to_the_page_that_pays_it(server: LocalStripe, client: Any) -> None:
    subscription = subscribe(
        client,
        client.customers.create({}),
        payment_behavior="default_incomplete",
        expand=["latest_invoice.payments"],
    )
    invoice = subscription.latest_invoice
    intent = invoice.payments.data[0].payment.payment_intent
    assert f'href="/pay/{intent}"' in page(server, f"/invoices/{invoice.id}")
    assert "declined" in page(server, f"/pay/{intent}")
    assert press(server, intent, "decline") == f"/pay/{intent}"
    assert "Your card was declined." in page(server, f"/pay/{intent}")
    assert press(server, intent, "authenticate") == f"/pay/{intent}"
    assert "Fail the authentication" in page(server, f"/pay/{intent}")
    press(server, intent, "fail")
    assert client.subscriptions.retrieve(subscription.id).status == "incomplete"
    press(server, intent, "pay")
    assert client.subscriptions.retrieve(subscription.id).status == "active"
    assert "<button" not in page(server, f"/pay/{intent}")
    press(server, intent, "pay")
    assert len(server.events("payment_intent.succeeded")) == 1


@pytest.mark.parametrize(("action", "status"), [("arrive", "succeeded"), ("bounce", "requires_payment_method")])
def test_the_page_plays_the_slow_bank(server: LocalStripe, client: Any, action: str, status: str) -> None:
    intent = client.payment_intents.create({"amount": 900, "currency": "usd"})
    press(server, intent.id, "slow")
    assert "The money arrives" in page(server, f"/pay/{intent.id}")
    assert f'href="/pay/{intent.id}"' in page(server, "/")
    press(server, intent.id, action)
    assert client.payment_intents.retrieve(intent.id).status == status


@pytest.mark.parametrize(("action", "outcome"), [("authenticate", "succeeded"), ("fail", "failed")])
def test_after_authentication_the_shop_gets_its_customer_back(
    server: LocalStripe, client: Any, action: str, outcome: str
) -> None:
    intent = client.payment_intents.create(
        {
            "amount": 900,
            "currency": "usd",
            "confirm": True,
            "payment_method": "pm_card_authenticationRequired",
            "return_url": "https://shop.example.com/done?order=3",
        }
    )
    address = urlsplit(press(server, intent.id, action))
    assert (address.netloc, address.path) == ("shop.example.com", "/done")
    assert parse_qs(address.query) == {
        "order": ["3"],
        "payment_intent": [intent.id],
        "payment_intent_client_secret": [intent.client_secret],
        "redirect_status": [outcome],
    }


@pytest.mark.parametrize("path", ["/nothing", "/pay/pi_none", "/invoices/in_none", "/invoices/in_none.pdf"])
def test_pages_that_do_not_exist_are_404(server: LocalStripe, path: str) -> None:
    assert fetch(server, path)[0] == 404


def test_a_malformed_form_is_refused(server: LocalStripe) -> None:
    status, _, body = fetch(server, "/v1/customers", b"name=a&name[b]=c", "POST")
    assert (status, json.loads(body)["error"]["type"]) == (400, "invalid_request_error")


def test_a_failure_of_the_server_itself_is_a_500(
    server: LocalStripe, client: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    with server.world.transaction():
        server.world.put("subscription", {"id": "sub_broken"})
    with pytest.raises(stripe.APIError) as caught:
        client.subscriptions.retrieve("sub_broken")
    assert caught.value.http_status == 500
    assert "KeyError" in capsys.readouterr().err
    server.reset()


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        (999, "usd", "9.99 USD"),
        (-5, "eur", "-0.05 EUR"),
        (500, "jpy", "500 JPY"),
        (1500, "kwd", "1.500 KWD"),
        (0, "usd", "0.00 USD"),
    ],
)
def test_money_is_shown_in_its_currency(amount: int, currency: str, shown: str) -> None:
    assert money(amount, currency) == shown
