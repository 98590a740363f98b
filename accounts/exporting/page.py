"""docs/privacy.md, written from what is declared: what is held, why, for how long, and what stays."""

from collections.abc import Iterator

from accounts.exporting.meta import RECIPIENTS, RIGHTS, SOURCES
from numerai.common.privacy import Fate, Table, holdings

INTRODUCTION = """# What we know about people

Written by `make docs` from what the code declares of every column (`privacy_fields.py` of each app); do not edit. A
person gets the same with their data by `POST /api/v1/users/export-data/`.

Whoever deletes their account is signed out at once, can undo it for `DELETION_GRACE_DAYS`, and is erased then. Money is
handled on the legal basis of a contract (GDPR Art. 6(1)(b)) and kept because the law demands it (Art. 6(1)(c),
17(3)(b)); the safety of accounts is our legitimate interest (Art. 6(1)(f)); everything else is the contract.
"""


def markdown() -> str:
    lists = (("Who receives data", RECIPIENTS), ("Where it comes from", SOURCES), ("What you may ask", RIGHTS))
    parts = [INTRODUCTION, "## What is held", "\n".join(_held()), "## What stays after an erasure", "\n".join(_kept())]
    for title, lines in lists:
        parts += [f"## {title}", "\n".join(f"- {line}" for line in lines)]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _tables() -> Iterator[Table]:
    for holding in holdings():
        yield from (table for table in holding.tables if not _is_impersonal(table))


def _is_impersonal(table: Table) -> bool:
    return all(columns.fate is Fate.IMPERSONAL for columns in table.columns)


def _held() -> Iterator[str]:
    yield "| table | what for | how long | in an export |"
    yield "|---|---|---|---|"
    for table in _tables():
        section = f"`{table.section}`" if table.section else "no: secrets, or nothing but bookkeeping"
        yield f"| `{table.model}` | {table.purpose} | {table.until} | {section} |"


def _kept() -> Iterator[str]:
    yield "| table | what | why |"
    yield "|---|---|---|"
    for table in _tables():
        reasons: dict[str, list[str]] = {}
        for columns in table.columns:
            if columns.fate is Fate.KEPT:
                reasons.setdefault(columns.why, []).extend(columns.names)
        for why, names in reasons.items():
            yield f"| `{table.model}` | {', '.join(names)} | {why} |"
