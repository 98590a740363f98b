"""The look of the pages: one frame, tables, and small pieces."""

from collections.abc import Iterable
from datetime import UTC, datetime
from html import escape

STYLE = """
:root { color-scheme: light dark; --ink: #1f2430; --dim: #667085; --line: #e4e7ec; --ground: #f7f8fa;
  --card: #fff; --accent: #5b4ddb; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e8ee; --dim: #98a2b3; --line: #2d3340;
  --ground: #14171f; --card: #1b1f2a; --accent: #8f85f3; } }
* { box-sizing: border-box } body { margin: 0; background: var(--ground); color: var(--ink);
  font: 15px/1.5 system-ui, sans-serif } main { max-width: 68rem; margin: 0 auto; padding: 2rem 1rem 4rem }
h1 { font-size: 1.4rem; margin: 0 0 1rem } h2 { font-size: 1rem; margin: 2rem 0 .5rem; color: var(--dim) }
a { color: var(--accent) } .card { background: var(--card); border: 1px solid var(--line);
  border-radius: 12px; overflow-x: auto } .narrow { max-width: 30rem; margin: 3rem auto; padding: 2rem }
table { border-collapse: collapse; width: 100%; font-size: .9rem } th { text-align: left; color: var(--dim);
  font-weight: 500 } th, td { padding: .55rem .9rem; border-bottom: 1px solid var(--line); white-space: nowrap }
tr:last-child td { border-bottom: 0 } code { font-size: .85em } .dim { color: var(--dim) }
.tag { padding: .1rem .5rem; border-radius: 99px; border: 1px solid var(--line); font-size: .8rem }
.good { color: #067647 } .bad { color: #d92d20 } @media (prefers-color-scheme: dark) {
  .good { color: #47cd89 } .bad { color: #f97066 } }
.sum { font-size: 2rem; font-weight: 600 } button { font: inherit; width: 100%; padding: .7rem; margin-top: .6rem;
  border-radius: 8px; border: 1px solid var(--line); background: var(--card); color: var(--ink); cursor: pointer }
button.first { background: var(--accent); border-color: var(--accent); color: #fff }
@media print { body { background: #fff } form, nav { display: none } .card { border: 0 } }
"""
HTML = "text/html; charset=utf-8"
GOOD = {"active", "paid", "succeeded", "delivered", "trialing", "complete"}
BAD = {"past_due", "unpaid", "canceled", "failed", "dropped", "incomplete_expired", "uncollectible", "void", "expired"}


def frame(title: str, body: str) -> bytes:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body><main>{body}</main></body></html>"
    ).encode()


def table(title: str, heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name in heads)
    lines = ["".join(f"<td>{cell}</td>" for cell in row) for row in rows]
    body = "".join(f"<tr>{line}</tr>" for line in lines) or '<tr><td class="dim">none yet</td></tr>'
    return f'<h2>{escape(title)}</h2><div class="card"><table><tr>{head}</tr>{body}</table></div>'


def tag(state: str) -> str:
    tone = "good" if state in GOOD else "bad" if state in BAD else ""
    return f'<span class="tag {tone}">{escape(state)}</span>'


def code(identifier: object) -> str:
    return f"<code>{escape(str(identifier))}</code>"


def link(address: str, text: str) -> str:
    return f'<a href="{escape(address)}">{escape(text)}</a>'


def moment(timestamp: int) -> str:
    return datetime.fromtimestamp(timestamp, UTC).strftime("%Y-%m-%d %H:%M:%S")


def form(action: str, buttons: Iterable[tuple[str, str]]) -> str:
    """A form of buttons only; the first one is the prominent one."""
    items = [
        f'<button name="action" value="{value}"{" class=first" if number == 0 else ""}>{escape(text)}</button>'
        for number, (value, text) in enumerate(buttons)
    ]
    return f'<form method="post" action="{escape(action)}">{"".join(items)}</form>'
