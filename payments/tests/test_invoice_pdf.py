"""Our own invoice: what it says, that it says it safely, and to whom it is given."""

import hashlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import settings as given_settings
from hypothesis import strategies as some
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import Plan, User
from conftest import Api
from numerai.common.throttling import hit
from payments.invoicing import checks
from payments.invoicing.document import document_of, file_name
from payments.invoicing.typesetting import to_pdf
from payments.models import BillingHistory, InvoiceLine, Payment, Refund
from payments.tests.factories import paid_invoice, paid_payment, paid_subscription
from payments.views.invoices import PDFS

BUYER = {"name": "Alice Marie Johnson", "email": "alice@example.com"}
MOMENT = datetime(2026, 11, 20, 10, tzinfo=UTC)
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


@pytest.fixture(autouse=True)
def _company(settings: Settings) -> None:
    settings.COMPANY_NAME = "NumerAI"
    settings.COMPANY_ADDRESS = "Example Street 5| 10115 Berlin|Germany"
    settings.COMPANY_VAT_ID = "DE123456789"
    settings.COMPANY_EMAIL = "billing@numerai.example"


def bill_of(user: User, **changes: Any) -> BillingHistory:
    """A paid bill of one line, settled in full."""
    subscription = paid_subscription(user)
    fields: dict[str, Any] = {
        "number": "SPZMMBTI-0007",
        "subtotal": 1999,
        "total": 1999,
        "ending_balance": 0,
        "created_at": MOMENT,
        "period_start": MOMENT,
        "period_end": MOMENT.replace(month=12),
        "paid_at": MOMENT.replace(second=2),
    }
    bill = paid_invoice(subscription, **fields | changes)
    line(bill, amount=bill.subtotal)
    return bill


def line(bill: BillingHistory, **changes: Any) -> InvoiceLine:
    fields: dict[str, Any] = {
        "stripe_id": f"il_{uuid4().hex}",
        "position": bill.lines.count(),
        "description": "1 x Premium",
        "amount": 1999,
        "currency": bill.currency,
        "period_start": bill.period_start,
        "period_end": bill.period_end,
    }
    return InvoiceLine.objects.create(invoice=bill, **fields | changes)


def sums(bill: BillingHistory) -> dict[str, str]:
    return {row["name"]: row["amount"] for row in document_of(bill, BUYER)["sums"]}


@pytest.mark.django_db
def test_the_page_says_who_what_when_and_how_much(alice: User) -> None:
    bill = bill_of(alice)
    paid_payment(bill, paid_at=bill.paid_at)
    said = document_of(bill, BUYER)
    assert said == {
        "title": "Invoice",
        "heading": "Invoice SPZMMBTI-0007",
        "issued_on": [2026, 11, 20],
        "logo": None,
        "seller": {
            "name": "NumerAI",
            "lines": ["Example Street 5", "10115 Berlin", "Germany", "VAT ID DE123456789", "billing@numerai.example"],
        },
        "buyer": {"name": "Alice Marie Johnson", "lines": ["alice@example.com"]},
        "facts": [
            ["Number", "SPZMMBTI-0007"],
            ["Date", "20 November 2026"],
            ["Period", "20 November 2026 \N{EN DASH}"],
            ["", "20 December 2026"],
            ["Paid on", "20 November 2026"],
        ],
        "currency": "USD",
        "lines": [
            {
                "description": "1 x Premium",
                "period": "20 November 2026 \N{EN DASH} 20 December 2026",
                "quantity": "1",
                "amount": "19.99",
            }
        ],
        "sums": [
            {"name": "Subtotal", "amount": "19.99", "strong": False},
            {"name": "Total", "amount": "19.99", "strong": True},
            {"name": "Amount due", "amount": "19.99", "strong": True},
            {"name": "Paid", "amount": "19.99", "strong": False},
        ],
        "notes": ["This invoice is settled. Thank you."],
        "footer": "NumerAI · DE123456789",
    }


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({"discount": 500, "total": 1499, "amount": 1499}, {"Discount": "\N{MINUS SIGN}5.00", "Total": "14.99"}),
        ({"tax": 380, "total": 2379, "amount": 2379}, {"Tax": "3.80", "Total": "23.79"}),
        ({"starting_balance": -500, "amount": 1499}, {"Credit applied": "\N{MINUS SIGN}5.00", "Amount due": "14.99"}),
        (
            {"starting_balance": -5000, "ending_balance": -3001, "amount": 0},
            {"Credit applied": "\N{MINUS SIGN}19.99", "Amount due": "0.00"},
        ),
        ({"starting_balance": 30, "amount": 2029}, {"From an earlier invoice": "0.30", "Amount due": "20.29"}),
        (
            {"subtotal": 30, "total": 30, "ending_balance": 30, "amount": 0},
            {"Left for the next invoice": "\N{MINUS SIGN}0.30", "Amount due": "0.00"},
        ),
        (
            {"subtotal": -500, "total": -500, "ending_balance": -500, "amount": 0},
            {"Subtotal": "\N{MINUS SIGN}5.00", "Kept as credit": "5.00", "Amount due": "0.00"},
        ),
        (
            {"subtotal": 500, "total": 500, "starting_balance": -480, "ending_balance": 20, "amount": 0},
            {
                "Earlier credit": "\N{MINUS SIGN}4.80",
                "Left for the next invoice": "\N{MINUS SIGN}0.20",
                "Amount due": "0.00",
            },
        ),
        ({"credited": 999, "amount": 1000}, {"Credit note": "\N{MINUS SIGN}9.99", "Amount due": "10.00"}),
    ],
)
def test_the_sums_can_be_added_by_hand(alice: User, changes: dict[str, Any], shown: dict[str, str]) -> None:
    bill = bill_of(alice, **changes)
    assert sums(bill).items() >= shown.items()
    rows = document_of(bill, BUYER)["sums"]
    due = next(place for place, row in enumerate(rows) if row["name"] == "Amount due")
    total = next(place for place, row in enumerate(rows) if row["name"] == "Total")
    for start, end in ((0, total), (total, due)):
        assert sum(number(row["amount"]) for row in rows[start:end]) == number(rows[end]["amount"])


def number(text: str) -> int:
    return int(text.replace("\N{MINUS SIGN}", "-").replace(".", "").replace(",", ""))


@pytest.mark.django_db
def test_tax_that_is_in_the_price_is_a_note_and_not_added(alice: User) -> None:
    bill = bill_of(alice, tax=319, tax_included=319)
    assert "Tax" not in sums(bill)
    assert document_of(bill, BUYER)["notes"][0] == "The amounts include 3.19 USD of tax."


@pytest.mark.django_db
def test_what_was_paid_too_much_and_given_back_is_told(alice: User) -> None:
    bill = bill_of(alice, amount_overpaid=201)
    payment = paid_payment(bill, paid_at=MOMENT)
    paid_payment(bill, paid_at=MOMENT.replace(day=22))
    for number_, status in enumerate(("succeeded", "pending", "failed", "canceled")):
        Refund.objects.create(
            payment=payment,
            stripe_id=f"re_{number_}",
            livemode=False,
            amount=100 + number_,
            currency="usd",
            status=status,
            stripe_created_at=MOMENT.replace(day=23 + number_),
        )
    said = document_of(bill, BUYER)
    assert [row["name"] for row in said["sums"]][3:] == [
        "Paid",
        "of which kept as credit",
        "Refunded on 23 November 2026",
        "Refunded on 24 November 2026",
    ]
    assert sums(bill)["Paid"] == "22.00"
    assert sums(bill)["Refunded on 24 November 2026"] == "\N{MINUS SIGN}1.01"
    assert [value for name, value in said["facts"] if name == "Paid on"] == ["20 November 2026", "22 November 2026"]


@pytest.mark.django_db
def test_an_open_bill_says_what_is_left(alice: User, settings: Settings) -> None:
    settings.COMPANY_VAT_ID = settings.COMPANY_ADDRESS = ""
    bill = bill_of(alice, status="open", amount_paid=999, paid_at=None, number="")
    said = document_of(bill, {"name": "Alice", "email": ""})
    assert said["sums"][-1] == {"name": "Left to pay", "amount": "10.00", "strong": True}
    assert said["notes"] == ["This invoice is open. It can be paid from the billing page of your account."]
    assert said["seller"]["lines"] == ["billing@numerai.example"]
    assert (said["buyer"]["lines"], said["footer"], said["heading"]) == ([], "NumerAI", "Invoice")
    assert [name for name, _ in said["facts"]] == ["Date", "Period", ""]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("currency", "amount", "shown"),
    [("jpy", 123456, "123,456"), ("usd", 123456, "1,234.56"), ("kwd", 1234560, "1,234.560"), ("isk", 500, "5.00")],
)
def test_amounts_have_the_decimals_of_their_currency(alice: User, currency: str, amount: int, shown: str) -> None:
    bill = bill_of(
        alice, currency=currency, subtotal=amount, total=amount, amount=amount, amount_paid=amount, description="x"
    )
    said = document_of(bill, BUYER)
    assert (said["currency"], said["lines"][0]["amount"], sums(bill)["Total"]) == (currency.upper(), shown, shown)
    assert to_pdf(said).startswith(b"%PDF-")


def sample(**changes: Any) -> dict[str, Any]:
    said: dict[str, Any] = {
        "title": "Invoice",
        "heading": "Invoice 1",
        "issued_on": [2026, 11, 20],
        "logo": None,
        "seller": {"name": "NumerAI", "lines": ["Street"]},
        "buyer": {"name": "Alice", "lines": ["alice@example.com"]},
        "facts": [["Number", "1"]],
        "currency": "USD",
        "lines": [{"description": "Premium", "period": "November", "quantity": "1", "amount": "19.99"}],
        "sums": [
            {"name": "Total", "amount": "19.99", "strong": True},
            {"name": "Paid", "amount": "19.98", "strong": False},
        ],
        "notes": ["Thank you."],
        "footer": "Below",
    }
    return said | changes


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, dict | list):
        for key, each in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(each, (*path, key))
    elif isinstance(value, str):
        yield path


@pytest.mark.parametrize("path", list(leaves(sample())), ids=lambda path: ".".join(map(str, path)))
def test_everything_in_the_document_is_on_the_page(path: tuple[Any, ...]) -> None:
    changed = deepcopy(sample())
    *way, last = path
    place = changed
    for step in way:
        place = place[step]
    place[last] = "Zq"
    assert to_pdf(changed) != to_pdf(sample())


@pytest.mark.parametrize(
    "name", ['#panic("gotcha")', '"}', "\\", "$ x", "#{", "= Title", "*", "[", "//", '#read("/etc/passwd")', "@x", "`"]
)
def test_a_name_is_never_read_as_markup(name: str) -> None:
    plain = to_pdf(sample())
    for place in ("buyer", "seller"):
        assert to_pdf(sample(**{place: {"name": name, "lines": [name]}})) != plain
    assert to_pdf(sample(heading=name, notes=[name], footer=name, facts=[[name, name]])) != plain


@given_settings(max_examples=25, deadline=None)
@given(name=some.text(max_size=200), lines=some.lists(some.text(max_size=80), max_size=3))
def test_no_name_is_refused(name: str, lines: list[str]) -> None:
    pdf = to_pdf(sample(buyer={"name": name, "lines": lines}))
    assert pdf.startswith(b"%PDF-")


@pytest.mark.parametrize(
    "name", ["Дмитрий Ёлкин", "अनिता शर्मा", "שרה לוי", "محمد علي", "Ελένη", "Nguyễn Văn Ư", "ნინო"]
)
def test_names_of_many_scripts_are_set_in_their_own_letters(name: str) -> None:
    own = to_pdf(sample(buyer={"name": name, "lines": []}))
    assert own != to_pdf(sample(buyer={"name": "Alice", "lines": []}))
    # A page with a letter that no font has is written anew, with that word alone in Latin letters.
    assert to_pdf(sample(buyer={"name": f"安田 {name}", "lines": []})) == to_pdf(
        sample(buyer={"name": f"AnTian {name}", "lines": []})
    )


@pytest.mark.parametrize(("name", "latin"), [("安田", "AnTian"), ("ひろし", "hiroshi"), ("김민준", "GimMinJun")])
def test_letters_that_no_font_has_never_turn_to_boxes(name: str, latin: str) -> None:
    said = to_pdf(sample(buyer={"name": name, "lines": [name]}))
    assert said == to_pdf(sample(buyer={"name": latin, "lines": [latin]}))


def test_fonts_of_ones_own_are_looked_for_beside_the_typesetters(settings: Settings, tmp_path: Path) -> None:
    before = to_pdf(sample())
    settings.INVOICE_FONT_DIRECTORY = str(tmp_path)
    assert checks.fonts_are_there() == []
    assert to_pdf(sample()) == before


def test_the_same_document_is_the_same_file_in_every_process() -> None:
    script = (
        "import sys, hashlib, json, django; django.setup()\n"
        "from payments.invoicing.typesetting import to_pdf\n"
        "print(hashlib.sha256(to_pdf(json.loads(sys.argv[1]))).hexdigest())"
    )
    here = hashlib.sha256(to_pdf(sample())).hexdigest()
    there = subprocess.run(
        [sys.executable, "-c", script, json.dumps(sample())], capture_output=True, text=True, check=True
    )
    assert there.stdout.strip() == here


def test_a_long_bill_is_set_in_well_under_a_second() -> None:
    long = sample(lines=sample()["lines"] * 60)
    taken = []
    for turn in range(3):
        start = time.process_time()
        to_pdf(long | {"heading": f"Invoice {turn}"})
        taken.append(time.process_time() - start)
    assert min(taken) < 1.0


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("file", "content"),
    [
        (
            "logo.svg",
            b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>',
        ),
        ("logo.png", PIXEL),
    ],
)
def test_a_logo_takes_the_place_of_the_name(
    alice: User, settings: Settings, tmp_path: Path, file: str, content: bytes
) -> None:
    bare = to_pdf(document_of(bill := bill_of(alice), BUYER))
    (tmp_path / file).write_bytes(content)
    settings.COMPANY_LOGO = str(tmp_path / file)
    assert checks.logo_is_a_picture() == []
    said = document_of(bill, BUYER)
    assert said["logo"] == f"/{file}"
    assert to_pdf(said) != bare


def test_what_an_invoice_would_lack_is_found_at_start(settings: Settings, tmp_path: Path) -> None:
    assert [*checks.logo_is_a_picture(), *checks.fonts_are_there(), *checks.sender_has_an_address()] == []
    settings.COMPANY_LOGO = str(tmp_path / "logo.svg")
    settings.INVOICE_FONT_DIRECTORY = str(tmp_path / "fonts")
    settings.COMPANY_EMAIL = ""
    found = [*checks.logo_is_a_picture(), *checks.fonts_are_there(), *checks.sender_has_an_address()]
    assert [each.id for each in found] == ["payments.E040", "payments.E041", "payments.W040"]
    (tmp_path / "logo.gif").write_bytes(b"GIF")
    settings.COMPANY_LOGO = str(tmp_path / "logo.gif")
    assert [each.id for each in checks.logo_is_a_picture()] == ["payments.E040"]


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("SPZMMBTI-0007", "invoice-SPZMMBTI-0007.pdf"),
        ('x"; a=b\r\nX: y/../é', "invoice-x-a-b-X-y.pdf"),
    ],
)
def test_the_name_of_the_file_is_harmless(name: str, file: str) -> None:
    assert file_name(BillingHistory(number=name)) == file


def test_a_bill_without_a_number_is_named_by_its_id() -> None:
    bill = BillingHistory(number="é")
    assert file_name(BillingHistory(pk=bill.pk, number="")) == file_name(bill) == f"invoice-{bill.pk}.pdf"


@pytest.mark.django_db
def test_the_file_is_given_to_its_person(
    api: Api, alice: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    bill = bill_of(alice)
    paid_payment(bill)
    client = api(alice)
    with django_assert_max_num_queries(5):
        answer = client.get(f"/api/v1/payments/invoices/{bill.pk}/pdf/")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer["Content-Disposition"] == 'attachment; filename="invoice-SPZMMBTI-0007.pdf"'
    assert answer["Cache-Control"] == "no-store"
    assert answer.content.startswith(b"%PDF-")
    assert client.get(f"/api/v1/payments/invoices/{bill.pk}/pdf/").content == answer.content


@pytest.mark.django_db
def test_the_detail_has_lines_and_sums_as_decimal_strings(
    api: Api, alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    bill = bill_of(alice, subtotal=1999, discount=500, tax=100, total=1599, starting_balance=-99, amount=1500)
    line(bill, amount=0, description="Extra")
    client = api(alice)
    with django_assert_num_queries(3):
        answer = client.get(f"/api/v1/payments/invoices/{bill.pk}/")
    shown = answer.json()
    expected = {
        "id": str(bill.pk),
        "number": "SPZMMBTI-0007",
        "amount": "15.00",
        "subtotal": "19.99",
        "discount": "5.00",
        "tax": "1.00",
        "tax_included": "0.00",
        "total": "15.99",
        "starting_balance": "-0.99",
        "ending_balance": "0.00",
        "credited": "0.00",
        "amount_paid": "19.99",
        "amount_overpaid": "0.00",
        "pdf_url": f"http://testserver/api/v1/payments/invoices/{bill.pk}/pdf/",
    }
    assert shown.items() >= expected.items()
    assert [(each["description"], each["amount"], each["quantity"]) for each in shown["lines"]] == [
        ("1 x Premium", "19.99", 1),
        ("Extra", "0.00", 1),
    ]


@pytest.mark.django_db
def test_an_unsettled_balance_is_null(api: Api, alice: User) -> None:
    bill = bill_of(alice, ending_balance=None, status="open")
    assert api(alice).get(f"/api/v1/payments/invoices/{bill.pk}/").json()["ending_balance"] is None
    assert [row["name"] for row in document_of(bill, BUYER)["sums"]] == ["Subtotal", "Total", "Amount due", "Paid"]


@pytest.mark.django_db
@pytest.mark.parametrize("tail", ["", "pdf/"])
def test_nobody_else_and_nothing_unfinished(
    api: Api, alice: User, charlie: User, settings: Settings, tail: str
) -> None:
    bill = bill_of(alice)
    path = f"/api/v1/payments/invoices/{bill.pk}/{tail}"
    assert api(None).get(path).status_code == 401
    assert (api(charlie).get(path).status_code, api(charlie).get(path).json()["code"]) == (404, "not_found")
    assert api(alice).get(f"/api/v1/payments/invoices/{uuid4()}/{tail}").status_code == 404
    assert api(alice).get(f"/api/v1/payments/invoices/in_1/{tail}").status_code == 404
    for status, expected in (("draft", (404, "not_found")), ("void", (409, "invoice_void"))):
        BillingHistory.objects.filter(pk=bill.pk).update(status=status)
        answer = api(alice).get(path)
        assert (answer.status_code, answer.json()["code"]) == expected
    BillingHistory.objects.filter(pk=bill.pk).update(status="paid")
    settings.STRIPE_SECRET_KEY = "sk_live_x"
    assert api(alice).get(path).status_code == 404


@pytest.mark.django_db
def test_the_history_points_to_the_file(api: Api, alice: User) -> None:
    bill = bill_of(alice)
    shown = api(alice).get("/api/v1/payments/billing-history/").json()["results"]
    row = next(each for each in shown if each["id"] == str(bill.pk))
    assert row["number"] == "SPZMMBTI-0007"
    assert api(alice).get(row["pdf_url"]).status_code == 200


@pytest.mark.django_db
def test_files_are_not_made_without_end(api: Api, alice: User, settings: Settings) -> None:
    settings.RATE_LIMIT_ENABLED = True
    bill = bill_of(alice)
    client = api(alice)
    path = f"/api/v1/payments/invoices/{bill.pk}/pdf/"
    assert client.get(path).status_code == 200
    for _ in range(PDFS.times - 1):
        hit(PDFS, str(alice.pk))
    answer = client.get(path)
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_requests")


@pytest.mark.django_db
def test_asking_changes_nothing(api: Api, alice: User) -> None:
    bill = bill_of(alice)
    before = (list(BillingHistory.objects.values()), list(InvoiceLine.objects.values()), Payment.objects.count())
    api(alice).get(f"/api/v1/payments/invoices/{bill.pk}/pdf/")
    api(alice).get(f"/api/v1/payments/invoices/{bill.pk}/")
    assert before == (
        list(BillingHistory.objects.values()),
        list(InvoiceLine.objects.values()),
        Payment.objects.count(),
    )
    alice.refresh_from_db()
    assert alice.plan == Plan.PREMIUM
