"""One body makes both mails."""

from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.wording import bodies, engine

BODY = """
Hello {{ name }},
this goes **on and
on**.

Plan: {{ name }}
Price: 5 **USD**

> {{ name }}

Not a label

"""


def made(name: str) -> tuple[str, str]:
    rendered = engine.render(BODY, bodies.set_aside({"name": name}))
    return bodies.to_text(rendered), bodies.to_html(rendered)


def test_both_say_the_same() -> None:
    text, html = made("Zoë")
    assert text == "Hello Zoë, this goes on and on.\n\nPlan: Zoë\nPrice: 5 USD\n\n    Zoë\n\nNot a label"
    assert '<p style="margin:0 0 16px;">Hello Zoë, this goes <strong>on and on</strong>.</p>' in html
    assert '>Plan</td><td style="padding:3px 0;color:#423a57;">Zoë</td>' in html
    assert ">5 <strong>USD</strong></td>" in html
    assert html.count('class="panel"') == 1


@pytest.mark.parametrize(
    "name",
    ["**bold**", "> large", "a\n\nb", "x: y\nz: w", "<b>", "&amp;", "a\r\n\r\nb", "\uf8f0\uf8f1", "*"],
    ids=ascii,
)
def test_rule_54_what_people_write_makes_no_mark(name: str) -> None:
    text, html = made(name)
    _, plain = made("Zoë")
    assert html.count("<p") == plain.count("<p")
    assert html.count("<strong>") == plain.count("<strong>")
    assert html.count('class="panel"') == 1
    assert "<b>" not in html
    if not set(name) & {"\uf8f0", "\uf8f1"}:
        assert text.startswith(f"Hello {name},")


@given(st.text(alphabet=st.characters(exclude_characters="\uf8f0\uf8f1\uf8f2\uf8f3\r"), max_size=40))
def test_whatever_a_person_is_called_arrives_in_both(name: str) -> None:
    rendered = engine.render("Dear {{ name }}!", bodies.set_aside({"name": name}))
    assert bodies.to_text(rendered) == f"Dear {name}!"
    html = bodies.to_html(rendered)
    inner = html.removeprefix('<p style="margin:0 0 16px;">').removesuffix("</p>")
    assert "<" not in inner.replace("<br>", "")
    assert unescape(inner.replace("<br>", "\n")) == unescape(f"Dear {name}!".replace("&", "&amp;"))


def test_values_inside_lists_and_tables_are_set_aside_too() -> None:
    assert bodies.set_aside({"a": ["*"], "b": {"c": ">"}, "d": 5, "e": True}) == {
        "a": ["\uf8f0"],
        "b": {"c": "\uf8f1"},
        "d": 5,
        "e": True,
    }


def test_a_single_labelled_line_is_a_sentence() -> None:
    assert bodies.to_html("Note: all is well") == '<p style="margin:0 0 16px;">Note: all is well</p>'
    assert bodies.to_text("One: a\nand so on") == "One: a and so on"
