"""Dates, money and numbers, as the language writes them."""

from typing import Any

import pytest
from django.utils import timezone, translation

from notifications.wording import engine


@pytest.mark.parametrize(
    ("source", "value", "said"),
    [
        ("day", "2026-12-20", "20 December 2026"),
        ("day", "2026-12-20T23:30:00+00:00", "21 December 2026"),
        ("day", "2026-12-20T23:30:00", "20 December 2026"),
        ("day", "20 December", "20 December"),
        ("day", "2026-13-45", "2026-13-45"),
        ("day", "", ""),
        ("day", 5, "5"),
        ("moment", "2026-12-20T23:30:00+00:00", "21 December 2026, 05:00 IST"),
        ("moment", "2026-12-20", "2026-12-20"),
        ("money", "1234567.50 USD", "1,234,567.50 USD"),
        ("money", "500 JPY", "500 JPY"),
        ("money", "-12.00 EUR", "-12.00 EUR"),
        ("money", "a lot", "a lot"),
        ("money", 12, "12"),
        ("number", 1234567, "1,234,567"),
        ("number", 0.25, "0.25"),
        ("number", True, "True"),
        ("number", "12", "12"),
    ],
    ids=str,
)
def test_in_english(source: str, value: Any, said: str) -> None:
    with translation.override("en"), timezone.override("Asia/Kolkata"):
        assert engine.render("{{ value|" + source + " }}", {"value": value}) == said


def test_rule_84_a_language_that_nobody_has_written_for_is_english() -> None:
    with translation.override("xx"):
        assert engine.render("{{ a|money }}", {"a": "1234.50 USD"}) == "1,234.50 USD"
    with translation.override(None):
        assert engine.render("{{ a|day }}", {"a": "2026-12-20"}) == "20 December 2026"
