"""One body makes both mails: paragraphs between blank lines, ``**bold**``, lines "Label: value" that stay lines, and a
paragraph that begins with ``> ``, shown large. What people wrote is never taken for such a mark."""

import re
from collections.abc import Mapping
from html import escape
from typing import Any

BLANK = re.compile(r"\n[ \t]*\n\s*")
BOLD = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)
LABELLED = re.compile(r"([^:\n]{1,40}): (\S.*)")
# Marks that stand in values, set aside for as long as marks are looked for.
ASIDE = {ord(mark): chr(0xF8F0 + place) for place, mark in enumerate("*>\n\r")}
BACK = {ord(put): chr(mark) for mark, put in ASIDE.items()}
BACK_IN_HTML = {put: {"\n": "<br>", ">": "&gt;", "\r": ""}.get(mark, mark) for put, mark in BACK.items()}

PARAGRAPH = '<p style="margin:0 0 16px;">{}</p>'
LINES = '<table role="presentation" cellpadding="0" cellspacing="0" border="0" style="margin:0 0 16px;">{}</table>'
LINE = (
    '<tr><td class="soft" style="padding:3px 18px 3px 0;color:#7a7290;vertical-align:top;">{}</td>'
    '<td style="padding:3px 0;color:#423a57;">{}</td></tr>'
)
PANEL = (
    '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="margin:4px 0 20px;">'
    '<tr><td class="panel" align="center" bgcolor="#f1eefb" style="padding:22px 12px;border-radius:12px;'
    "background-color:#f1eefb;font-family:'SFMono-Regular',Menlo,Consolas,'Liberation Mono',monospace;font-size:34px;"
    'line-height:1.1;font-weight:700;letter-spacing:.28em;text-indent:.28em;color:#241c3d;">{}</td></tr></table>'
)


def set_aside(value: Any) -> Any:
    """``value`` with the marks in all its texts hidden from ``to_html`` and ``to_text``, which bring them back."""
    if isinstance(value, str):
        return value.translate(ASIDE)
    if isinstance(value, Mapping):
        return {key: set_aside(inner) for key, inner in value.items()}
    return [set_aside(inner) for inner in value] if isinstance(value, list) else value


def to_html(body: str) -> str:
    """Escaped, with no tag but those made here."""
    return "\n".join(_html(block) for block in _blocks(body))


def to_text(body: str) -> str:
    return "\n\n".join(_text(block) for block in _blocks(body))


def _blocks(body: str) -> list[str]:
    return [block.strip() for block in BLANK.split(body.strip()) if block.strip()]


def _html(block: str) -> str:
    if block.startswith("> "):
        return PANEL.format(_inline(block[2:]))
    lines = block.split("\n")
    labelled = [LABELLED.fullmatch(line.strip()) for line in lines]
    if len(lines) > 1 and all(labelled):
        return LINES.format("".join(LINE.format(_inline(line[1]), _inline(line[2])) for line in labelled if line))
    return PARAGRAPH.format(_inline(_joined(lines)))


def _inline(text: str) -> str:
    return BOLD.sub(r"<strong>\1</strong>", escape(text)).translate(BACK_IN_HTML)


def _text(block: str) -> str:
    if block.startswith("> "):
        return "    " + block[2:].translate(BACK)
    lines = block.split("\n")
    if len(lines) == 1 or not all(LABELLED.fullmatch(line.strip()) for line in lines):
        lines = [_joined(lines)]
    return "\n".join(BOLD.sub(r"\1", line).strip() for line in lines).translate(BACK)


def _joined(lines: list[str]) -> str:
    return " ".join(line.strip() for line in lines)
