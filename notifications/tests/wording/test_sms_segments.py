"""What a text costs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.wording import sms


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("a", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("a" * 152 + "€" + "a" * 20, 2),
        ("a" * 152 + "€" * 77, 3),
        ("é" * 160, 1),
        ("ó" * 70, 1),
        ("ó" * 71, 2),
        ("न" * 134, 2),
        ("न" * 135, 3),
        ("🙂" * 35, 1),
        ("🙂" * 36, 2),
        ("न" * 65 + "🙂" + "न" * 67, 2),
        ("न" * 66 + "🙂" + "न" * 66, 3),
        ("न" * 66 + "🙂" * 34, 3),
    ],
    ids=lambda value: None if isinstance(value, int) else f"{value[:1]!a}x{len(value)}",
)
def test_rule_85_segments_are_counted_as_carriers_do(text: str, count: int) -> None:
    assert sms.segments(text) == count


def test_rule_85_spaces_that_do_not_break_cost_nothing() -> None:
    dear = "Your\u00a0code\u202fis\u200b 5"
    assert not sms.is_gsm(dear)
    assert sms.cheapened(dear) == "Your code is 5"


def test_quotation_marks_are_plain_where_that_makes_it_cheap() -> None:
    assert sms.cheapened("\u201cyes\u201d \u2013 it\u2019s\u2026") == '"yes" - it\'s...'
    assert sms.cheapened("\u201cनमस्ते\u201d") == "\u201cनमस्ते\u201d"


def test_rule_85_there_is_an_end() -> None:
    assert sms.cut("a" * 2000) == "a" * (153 * 6 - 3) + "..."
    assert sms.segments(sms.cut("न" * 2000)) == 6
    assert sms.cut("a" * 918) == "a" * 918


@given(st.text(max_size=1500))
def test_rule_85_whatever_it_is_it_fits(text: str) -> None:
    cut = sms.cut(sms.cheapened(text))
    assert sms.segments(cut) <= sms.MOST_SEGMENTS
    assert cut.removesuffix("...").rstrip() in sms.cheapened(text)
    assert sms.segments(text) <= max(1, len(text)) or not text
