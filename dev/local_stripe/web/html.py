"""The look of the pages: one frame, tables, forms, and cells by the name of a field."""

from collections.abc import Iterable
from datetime import UTC, datetime
from html import escape

from dev.local_stripe.api import Document
from dev.local_stripe.resources.catalogue import money

STYLE = """
:root { color-scheme: light dark; --line: light-dark(#ddd, #444) }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 68rem; margin: 2rem auto; padding: 0 1rem }
h2 { font-size: 1rem; margin: 2rem 0 .5rem } .dim, h2, th { color: GrayText; font-weight: 500 }
.card { border: 1px solid var(--line); border-radius: 12px; overflow-x: auto }
.narrow { max-width: 30rem; margin: 2rem auto; padding: 2rem } .sum { font-size: 2rem }
table { border-collapse: collapse; width: 100% } th, td { text-align: left; padding: .5rem .9rem; white-space: nowrap }
.good { color: #17964f } .bad { color: #d92d20 } button { font: inherit; width: 100%; padding: .7rem }
@media print { form, nav { display: none } }
"""
GOOD = {"active", "paid", "succeeded", "delivered", "trialing", "complete"}
BAD = {"past_due", "unpaid", "canceled", "failed", "dropped", "incomplete_expired", "uncollectible", "void", "expired"}
PAGES = {"invoice": "invoices", "payment_intent": "pay", "checkout.session": "checkout"}


def frame(title: str, body: str) -> bytes:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body><main>{body}</main></body></html>"
    ).encode()


def table(title: str, heads: str, rows: Iterable[Iterable[str]]) -> str:
    head = "".join(f"<th>{name.replace('_', ' ')}</th>" for name in heads.split())
    lines = ["".join(f"<td>{cell}</td>" for cell in row) for row in rows]
    body = "".join(f"<tr>{line}</tr>" for line in lines) or '<tr><td class="dim">none yet</td></tr>'
    return f'<h2>{escape(title)}</h2><div class="card"><table><tr>{head}</tr>{body}</table></div>'


def table_of(title: str, names: str, documents: Iterable[Document]) -> str:
    """A table with one row a document and one column a field."""
    return table(title, names, [[cell(each, name) for name in names.split()] for each in documents])


def cell(document: Document, name: str) -> str:
    """A field as a person reads it; one that a subscription lacks is its first item's."""
    value = document[name] if name in document else document["items"]["data"][0][name]
    if name in ("status", "payment_status"):
        return tag(value)
    if name in ("created", "current_period_end"):
        return moment(value)
    if name in ("total", "amount"):
        return money(value, document["currency"])
    if name in ("id", "number") and document["object"] in PAGES:
        return link(f"/{PAGES[document['object']]}/{document['id']}", value or "draft")
    return escape(str(value or ""))


def tag(state: str) -> str:
    tone = "good" if state in GOOD else "bad" if state in BAD else ""
    return f'<span class="{tone}">{escape(state)}</span>'


def link(address: str, text: str) -> str:
    return f'<a href="{escape(address)}">{escape(text)}</a>'


def moment(timestamp: int) -> str:
    return datetime.fromtimestamp(timestamp, UTC).strftime("%Y-%m-%d %H:%M:%S")


def card(document: Document, total: str, notice: str, address: str, buttons: dict[str, str]) -> str:
    """What is to be decided: a sum, what was refused last, and a button for each action."""
    presses = "".join(
        f'<button name="action" value="{value}">{escape(text)}</button>' for value, text in buttons.items()
    )
    return (
        f'<div class="card narrow"><p class=dim>{escape(document["id"])} {tag(document["status"])}</p>'
        f"<p class=sum>{escape(total)}</p><p class=bad>{escape(notice)}</p>"
        f'<form method="post" action="{escape(address)}">{presses}</form></div>'
    )
