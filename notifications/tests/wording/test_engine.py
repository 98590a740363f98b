"""So small a language that operators may write it."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.wording import TemplateFault, engine
from notifications.wording.formats import LONGEST_LIST

SAMPLE = {"name": "Zoë", "person": {"full_name": "Zoë"}, "rows": [{"title": "a"}], "tags": ["x"], "empty": []}


@pytest.mark.parametrize(
    "tag",
    [
        "include 'x'", "extends 'x'", "load i18n", "url 'admin:index'", "csrf_token", "debug", "now 'Y'", "with a=b",
        "block x", "ssi '/etc/passwd'", "cycle 'a' 'b'", "filter upper", "firstof a b", "lorem 9999", "regroup a by b",
        "templatetag openblock", "widthratio a b c", "spaceless", "autoescape off", "verbatim", "comment", "resetcycle",
    ],
)  # fmt: skip
def test_rule_57_no_other_tag_exists(tag: str) -> None:
    with pytest.raises(TemplateFault, match="TemplateSyntaxError"):
        engine.compiled("{% " + tag + " %}")


@pytest.mark.parametrize(
    "name",
    [
        "safe", "safeseq", "escape", "pprint", "date", "time", "ljust:99999999", "center:9", "stringformat:'s'",
        "floatformat:9999", "dictsort:'x'", "random", "urlize", "linebreaks", "wordwrap:1", "slice:'1'", "add:'x'",
        "make_list", "filesizeformat", "json_script", "unordered_list", "iriencode", "force_escape", "striptags",
    ],
)  # fmt: skip
def test_rule_57_no_other_filter_exists(name: str) -> None:
    with pytest.raises(TemplateFault, match="TemplateSyntaxError"):
        engine.compiled("{{ name|" + name + " }}")


@pytest.mark.parametrize(
    "path",
    [
        "person.clear", "person.pop", "person.items", "rows.append", "rows.sort", "template", "dicts",
        "render_context", "template.engine", "use_l10n", "person.full_name.get",
    ],
)  # fmt: skip
@pytest.mark.parametrize("shape", ["{{ %s }}", "{%% if %s %%}a{%% endif %%}", "{{ name|default:%s }}"], ids=str)
def test_rule_57_only_data_is_reached(path: str, shape: str) -> None:
    with pytest.raises(TemplateFault, match=f"It may not ask for {path}"):
        engine.compiled(shape % path)


def test_rule_57_nothing_that_begins_with_an_underscore_is_reached() -> None:
    with pytest.raises(TemplateFault, match="TemplateSyntaxError"):
        engine.compiled("{{ person.__class__ }}")


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("x" * 10_001, "longer than 10000"),
        ("{% if name %}" * 400 + "{% endif %}" * 400, "more than 10 deep|RecursionError"),
        ("{% for a in rows %}{% for b in tags %}{% endfor %}{% endfor %}", "within a loop"),
        (
            "{% for a in rows %}{% empty %}{% for b in tags %}{% for c in tags %}{% endfor %}{% endfor %}{% endfor %}",
            "w",
        ),
        ("{% for a, b in rows %}{% endfor %}", "A loop is"),
        ("{% for a in 'abc' %}{% endfor %}", "A loop is"),
        ("{% for a in rows|first %}{% endfor %}", "A loop is"),
    ],
    ids=["long", "deep", "nested", "nested in empty", "pairs", "text", "filtered"],
)
def test_rule_57_what_could_grow_is_refused(source: str, fault: str) -> None:
    with pytest.raises(TemplateFault, match=fault):
        engine.compiled(source)


def test_rule_57_lists_and_texts_have_an_end() -> None:
    assert engine.render("{% for tag in tags %}{{ tag }}{% endfor %}", {"tags": ["a"] * 1000}) == "a" * LONGEST_LIST
    assert engine.render("{% for tag in tags %}{{ tag }}{% empty %}none{% endfor %}", {"tags": "abc"}) == "none"
    with pytest.raises(TemplateFault, match="more than 50000"):
        engine.render("{% for tag in tags %}{{ tag }}{% endfor %}", {"tags": ["a" * 2000] * 50})


def test_rule_58_a_missing_name_is_named_also_in_a_loop() -> None:
    with pytest.raises(TemplateFault, match=r"The context has no row.title"):
        engine.render("{% for row in rows %}{{ row.title }}{% endfor %}", {"rows": [{}]})
    with pytest.raises(TemplateFault, match="The context has no nobody"):
        engine.render("{{ nobody|upper }}", {})


def test_a_filter_that_fails_is_a_fault() -> None:
    with pytest.raises(TemplateFault, match="AttributeError"):
        engine.render("{{ name|join:tags }}", {"name": "ab", "tags": 5})


@pytest.mark.parametrize(
    ("source", "unknown"),
    [
        ("{{ name }} {{ person.full_name|upper }}", []),
        ("{% if empty and not nobody %}a{% elif other == name %}b{% else %}{{ third }}{% endif %}", [
            "nobody", "other", "third",
        ]),
        ("{{ name|default:stranger }} {{ person.age }} {{ name.first }}", ["name.first", "person.age", "stranger"]),
        ("{% for row in rows %}{{ row.title }}{{ row.when }}{{ forloop.counter }}{{ name }}{% endfor %}", ["row.when"]),
        ("{% for tag in tags %}{{ tag }}{{ forloop.parentloop }}{{ forloop }}{% endfor %}", [
            "forloop", "forloop.parentloop",
        ]),
        ("{% for one in empty %}{{ one }}{% empty %}{{ one }}{% endfor %}{{ row }}", ["one", "row"]),
        ("{{ forloop.counter }}{% for a in nobody %}{{ a }}{% endfor %}", ["a", "forloop.counter", "nobody"]),
        ("{% if 5 > 3 %}{{ 'text' }}{{ 7 }}{% endif %}", []),
    ],
    ids=["known", "conditions", "arguments", "loop", "forloop", "empty list", "outside", "constants"],
)  # fmt: skip
def test_rule_58_names_are_found_wherever_they_hide(source: str, unknown: list[str]) -> None:
    assert engine.unknown_names(source, SAMPLE) == unknown


@given(st.text(max_size=60))
def test_whatever_a_template_is_it_renders_or_is_a_fault(source: str) -> None:
    with suppress(TemplateFault):
        assert isinstance(engine.render(source, SAMPLE), str)


@given(st.text(max_size=60))
def test_whatever_a_value_is_it_stays_what_it_is(value: str) -> None:
    assert engine.render("<{{ value }}>", {"value": value}) == f"<{value}>"


def test_a_context_is_left_as_it_was() -> None:
    before = json.dumps(SAMPLE)
    engine.render("{% for row in rows %}{{ row.title }}{% endfor %}{{ person.full_name|upper }}", SAMPLE)
    assert json.dumps(SAMPLE) == before
