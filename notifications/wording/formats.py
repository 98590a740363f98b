"""All that words may say besides plain text: two tags and a few filters. Dates, money and numbers are written as the
active language writes them; moments are told in the active time zone."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.template import Context, Library
from django.template import defaultfilters as standard
from django.template.base import Parser, Token
from django.template.defaulttags import ForNode, do_for, do_if
from django.utils import timezone, translation
from django.utils.dateformat import format as written
from django.utils.numberformat import format as grouped

from notifications.wording.texts import FALLBACK, labels

# More than anybody reads in a message.
LONGEST_LIST = 50
AMOUNT = re.compile(r"(-?\d+(?:\.\d+)?) ([A-Z]{3})")

register = Library()
register.tag("if", do_if)
for allowed in (
    standard.capfirst,
    standard.default,
    standard.default_if_none,
    standard.first,
    standard.join,
    standard.last,
    standard.length,
    standard.lower,
    standard.pluralize,
    standard.truncatechars,
    standard.upper,
    standard.yesno,
):
    register.filter(allowed.__name__, allowed)


class Loop(ForNode):
    """``for`` over a list, and no further than people read."""

    def render(self, context: Context) -> Any:
        shortened: Any = _Shortened(self.sequence)
        node = ForNode(self.loopvars, shortened, self.is_reversed, self.nodelist_loop, self.nodelist_empty)
        return node.render(context)


class _Shortened:
    def __init__(self, sequence: Any) -> None:
        self.sequence = sequence

    def resolve(self, context: Context, ignore_failures: bool = False) -> list[Any]:
        values = self.sequence.resolve(context, ignore_failures)
        return values[:LONGEST_LIST] if isinstance(values, list) else []


@register.tag("for")
def loop(parser: Parser, token: Token) -> Loop:
    node = do_for(parser, token)
    return Loop(node.loopvars, node.sequence, node.is_reversed, node.nodelist_loop, node.nodelist_empty)


@register.filter
def day(value: Any) -> Any:
    """``"2026-12-20"`` → "20 December 2026"; of a moment, its day in the person's zone. Anything else stays."""
    found = _parsed(value)
    return written(found, _formats()["day"]) if found else value


@register.filter
def moment(value: Any) -> Any:
    """``"2026-12-20T17:05:00+00:00"`` → "20 December 2026, 18:05 CET". Anything else stays."""
    found = _parsed(value)
    return written(found, _formats()["moment"]) if isinstance(found, datetime) else value


@register.filter
def money(value: Any) -> Any:
    """``"1999.50 USD"`` → "1,999.50 USD". Anything else stays."""
    found = AMOUNT.fullmatch(value) if isinstance(value, str) else None
    return f"{number(Decimal(found[1]))} {found[2]}" if found else value


@register.filter
def number(value: Any) -> Any:
    """``1234567`` → "1,234,567". Anything that is no number stays."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return value
    formats = _formats()
    grouping: Sequence[int] = (*formats["grouping"], 0)
    text = f"{Decimal(str(value)):f}"
    return grouped(text, formats["decimal"], grouping=grouping, thousand_sep=formats["thousands"], force_grouping=True)


def _formats() -> Mapping[str, Any]:
    formats: Mapping[str, Any] = labels(translation.get_language() or FALLBACK)["formats"]
    return formats


def _parsed(value: Any) -> date | datetime | None:
    if not isinstance(value, str):
        return None
    try:
        if len(value) == len("2026-12-20"):
            return date.fromisoformat(value)
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    return timezone.localtime(found) if timezone.is_aware(found) else found
