"""What an invoice says, as plain values: every amount and date is text already, in the order of the page."""

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings

from payments.models import BillingHistory, InvoiceLine, Payment, Refund
from payments.money import exponent

MINUS = "\N{MINUS SIGN}"
TO = "\N{EN DASH}"
GAVE_NOTHING_BACK = ("failed", "canceled")


def document_of(bill: BillingHistory, buyer: dict[str, str]) -> dict[str, Any]:
    """The bill on paper. ``buyer`` has ``name`` and ``email``. Reads lines, payments and refunds, never Stripe."""
    payments = list(bill.payments.filter(status="succeeded").order_by("paid_at", "pk"))
    issued = bill.created_at
    heading = f"Invoice {bill.number}".strip()
    return {
        "title": "Invoice",
        "heading": heading,
        "issued_on": [issued.year, issued.month, issued.day],
        "logo": f"/{Path(settings.COMPANY_LOGO).name}" if settings.COMPANY_LOGO else None,
        "seller": {"name": settings.COMPANY_NAME, "lines": _seller()},
        "buyer": {"name": buyer["name"], "lines": [buyer["email"]] if buyer["email"] else []},
        "facts": _facts(bill, payments),
        "currency": bill.currency.upper(),
        "lines": [_line(line) for line in bill.lines.all()],
        "sums": [
            {"name": name, "amount": _signed(amount, bill.currency), "strong": strong}
            for name, amount, strong in [*_owed(bill), *_settled(bill), *_returned(bill)]
        ],
        "notes": _notes(bill),
        "footer": " · ".join([settings.COMPANY_NAME, *([settings.COMPANY_VAT_ID] if settings.COMPANY_VAT_ID else [])]),
    }


def file_name(bill: BillingHistory) -> str:
    """A name that no system and no header has to be protected from."""
    bare = re.sub(r"[^A-Za-z0-9]+", "-", bill.number or str(bill.pk)).strip("-")
    return f"invoice-{bare or bill.pk}.pdf"


def _seller() -> list[str]:
    lines = [line.strip() for line in settings.COMPANY_ADDRESS.split("|")]
    vat = f"VAT ID {settings.COMPANY_VAT_ID}" if settings.COMPANY_VAT_ID else ""
    return [line for line in (*lines, vat, settings.COMPANY_EMAIL) if line]


def _facts(bill: BillingHistory, payments: list[Payment]) -> list[list[str]]:
    facts = [["Number", bill.number], ["Date", day(bill.created_at)]]
    facts += [["Period", f"{day(bill.period_start)} {TO}"], ["", day(bill.period_end)]]
    moments = sorted({payment.paid_at.date() for payment in payments if payment.paid_at}) or (
        [bill.paid_at.date()] if bill.paid_at else []
    )
    return [fact for fact in facts if fact[1]] + [["Paid on", day(moment)] for moment in moments]


def _line(line: InvoiceLine) -> dict[str, str]:
    return {
        "description": line.description or "Item",
        "period": f"{day(line.period_start)} {TO} {day(line.period_end)}",
        "quantity": str(line.quantity),
        "amount": _signed(line.amount, line.currency),
    }


def _owed(bill: BillingHistory) -> list[tuple[str, int, bool]]:
    """From the lines to what is due; each row adds to the one above, so the page can be checked by hand."""
    rows = [("Subtotal", bill.subtotal, False)]
    if bill.discount:
        rows.append(("Discount", -bill.discount, False))
    if bill.tax - bill.tax_included:
        rows.append(("Tax", bill.tax - bill.tax_included, False))
    rows.append(("Total", bill.total, True))
    rows += _balance(bill.starting_balance, bill.ending_balance or 0) if bill.ending_balance is not None else []
    if bill.credited:
        rows.append(("Credit note", -bill.credited, False))
    rows.append(("Amount due", bill.amount, True))
    return rows


def _balance(start: int, end: int) -> list[tuple[str, int, bool]]:
    """What the account's balance did: below nought it is the person's credit, above it what they owe."""
    if start <= end <= 0:
        return [("Credit applied", start - end, False)] if start != end else []
    named = [
        ("Earlier credit" if start < 0 else "From an earlier invoice", start, False),
        ("Kept as credit" if end < 0 else "Left for the next invoice", -end, False),
    ]
    return [row for row in named if row[1]]


def _settled(bill: BillingHistory) -> list[tuple[str, int, bool]]:
    rows = [("Paid", bill.amount_paid + bill.amount_overpaid, False)] if bill.amount_paid else []
    if bill.amount_overpaid:
        rows.append(("of which kept as credit", bill.amount_overpaid, False))
    if bill.amount > bill.amount_paid:
        rows.append(("Left to pay", bill.amount - bill.amount_paid, True))
    return rows


def _returned(bill: BillingHistory) -> list[tuple[str, int, bool]]:
    refunds = Refund.objects.filter(payment__invoice=bill).exclude(status__in=GAVE_NOTHING_BACK)
    return [
        (f"Refunded on {day(refund.stripe_created_at)}", -refund.amount, False)
        for refund in refunds.order_by("stripe_created_at", "pk")
    ]


def _notes(bill: BillingHistory) -> list[str]:
    notes = []
    if bill.tax_included:
        notes.append(f"The amounts include {_signed(bill.tax_included, bill.currency)} {bill.currency.upper()} of tax.")
    if bill.amount > bill.amount_paid:
        notes.append("This invoice is open. It can be paid from the billing page of your account.")
    else:
        notes.append("This invoice is settled. Thank you.")
    return notes


def day(moment: Any) -> str:
    """``20 November 2026``, by UTC for a moment."""
    return f"{moment.day} {moment:%B %Y}"


def _signed(amount: int, currency: str) -> str:
    """``123450, "usd"`` → "1,234.50", below nought with a true minus sign."""
    text = f"{Decimal(abs(amount)).scaleb(-exponent(currency)):,f}"
    return f"{MINUS}{text}" if amount < 0 else text
