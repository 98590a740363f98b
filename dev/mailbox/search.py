"""A part of Mailpit's search language: `to:`, `from:`, `subject:` and free words, all of them required."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from dev.mailbox.message import Address, Mail, html_to_text

FIELDS = ("to", "from", "subject")
TERM = re.compile(r'(?:(?P<field>[a-z]+):)?(?:"(?P<quoted>[^"]*)"|(?P<word>\S+))', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SearchText:
    to: str
    sender: str
    subject: str
    everything: str


def search_text(mail: Mail) -> SearchText:
    to, sender, subject = _joined(mail.to), _joined((mail.sender,)), mail.subject.casefold()
    others = _joined((*mail.cc, *mail.bcc, *mail.reply_to))
    names = " ".join(part.file_name for part in mail.parts).casefold()
    body = f"{mail.text} {html_to_text(mail.html)}".casefold()
    return SearchText(to, sender, subject, "\n".join((to, sender, subject, others, names, body)))


def matches(text: SearchText, query: str) -> bool:
    columns = {"to": text.to, "from": text.sender, "subject": text.subject}
    return all(needle in columns.get(field, text.everything) for field, needle in _terms(query))


def _terms(query: str) -> Iterator[tuple[str, str]]:
    for term in TERM.finditer(query.casefold()):
        field = term["field"] or ""
        if field in FIELDS:
            yield field, term["quoted"] if term["quoted"] is not None else term["word"]
        else:
            # "https://…" and "12:30" are words and not fields.
            yield "", term["quoted"] if term["quoted"] is not None and not field else term[0]


def _joined(addresses: tuple[Address, ...]) -> str:
    return "\n".join(f"{each.name} <{each.address}>" for each in addresses).casefold()
