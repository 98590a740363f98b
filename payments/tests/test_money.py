"""Minor units and decimal strings, by currency; and no float anywhere near money."""

import ast
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import payments
from payments.money import AmountInvalid, exponent, in_words, to_decimal_string, to_minor_units

SOURCES = [path for path in Path(payments.__path__[0]).rglob("*.py") if not {"tests", "migrations"} & set(path.parts)]
# Pauses, patience and jitter are measured in seconds, never in money.
TIMES = {"breaker.py", "errors.py", "locks.py", "operations.py", "processing.py"}

EXAMPLES = [
    (1999, "usd", "19.99"),
    (5, "usd", "0.05"),
    (0, "eur", "0.00"),
    (500, "jpy", "500"),
    (0, "jpy", "0"),
    (5120, "kwd", "5.120"),
    (500, "isk", "5.00"),
    (123456789012, "usd", "1234567890.12"),
]


@pytest.mark.parametrize(("amount", "currency", "text"), EXAMPLES)
def test_examples(amount: int, currency: str, text: str) -> None:
    assert to_decimal_string(amount, currency) == text
    assert to_minor_units(text, currency) == amount


@given(st.integers(0, 10**15), st.sampled_from(["usd", "eur", "jpy", "krw", "gbp"]))
def test_there_and_back(amount: int, currency: str) -> None:
    text = to_decimal_string(amount, currency)
    assert to_minor_units(text, currency) == amount
    assert "e" not in text.lower()


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("19.999", "usd"),
        ("-1.00", "usd"),
        ("NaN", "usd"),
        ("Infinity", "usd"),
        ("", "usd"),
        ("1,50", "eur"),
        ("500.5", "jpy"),
        ("5.121", "kwd"),
        ("5.50", "isk"),
        ("1E+999990", "usd"),
        ("1E+999999", "usd"),
        ("1_000", "usd"),
        ("\N{ARABIC-INDIC DIGIT TWO}\N{ARABIC-INDIC DIGIT FIVE}", "usd"),
        ("9" * 17, "usd"),
    ],
)
def test_what_a_currency_cannot_pay(text: str, currency: str) -> None:
    with pytest.raises(AmountInvalid):
        to_minor_units(text, currency)


def test_exponents() -> None:
    assert {currency: exponent(currency) for currency in ("usd", "jpy", "kwd", "ugx")} == {
        "usd": 2,
        "jpy": 0,
        "kwd": 3,
        "ugx": 2,
    }


def test_in_a_sentence() -> None:
    assert in_words(2999, "usd") == "29.99 USD"


def test_rule_84_no_float_touches_money() -> None:
    guilty = [
        f"{path.name}:{node.lineno}"
        for path in SOURCES
        if path.name not in TIMES
        for node in ast.walk(ast.parse(path.read_text()))
        if (isinstance(node, ast.Constant) and isinstance(node.value, float))
        or (isinstance(node, ast.Name) and node.id == "float")
        or (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div))
        or (isinstance(node, ast.Attribute) and node.attr in {"FloatField", "DecimalField"})
    ]
    assert guilty == []
