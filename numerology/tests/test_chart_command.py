import json
from datetime import date
from hashlib import sha256
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from numerology.engine import chart
from numerology.engine.options import LifePathMethod, Options
from numerology.engine.table import table
from numerology.tests.cast import NOON, at

PERSON = ("--name", "Thomas Cruise Mapother", "--birth", "1962-07-03")


def printed(*arguments: str) -> str:
    out = StringIO()
    call_command("chart", *arguments, stdout=out)
    return out.getvalue()


def refusal(*arguments: str) -> str:
    with pytest.raises(CommandError) as caught:
        printed(*arguments)
    return str(caught.value)


def test_a_table_is_printed() -> None:
    expected = chart(name="Thomas Cruise Mapother", birth_date=date(1962, 7, 3), on_date=date(2026, 11, 20))
    assert printed(*PERSON, "--on", "2026-11-20") == table(expected) + "\n"
    assert printed(*PERSON, "--on", "2026-11-20", "--table") == table(expected) + "\n"


def test_the_json_is_what_the_hash_is_taken_of() -> None:
    out = printed(*PERSON, "--on", "2026-11-20", "--json")
    expected = chart(name="Thomas Cruise Mapother", birth_date=date(1962, 7, 3), on_date=date(2026, 11, 20))
    assert sha256(out.rstrip("\n").encode()).hexdigest() == expected.content_hash
    assert json.loads(out)["destiny"]["calculation"] == "22 + 3 + 6 = 31 = 4"


def test_every_argument_reaches_the_engine() -> None:
    out = printed(
        *("--name", "李明", "--latin-name", "Li Ming", "--current-name", "Ming", "--birth", "1990-12-05"),
        *("--on", "2026-11-20", "--system", "chaldean", "--gender", "female"),
        *("--option", "life_path=all_digits", "--option", "attitude_masters=keep_master", "--json"),
    )
    content: dict[str, Any] = json.loads(out)
    assert content["name"]["words"] == ["LI", "MING"]
    assert content["name"]["original"] == "李明"
    assert content["minor_destiny"]["chain"] == [13, 4]
    assert content["system"] == "chaldean"
    assert [number["gender"] for number in content["kua"]["numbers"]] == ["female"]
    assert content["options"]["attitude_masters"] == "keep_master"
    assert content["life_path"]["method"] == "all_digits"


def test_without_a_date_it_is_today() -> None:
    with at(NOON):
        assert json.loads(printed(*PERSON, "--json"))["on_date"] == "2026-11-20"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ("--name", "李明", "--birth", "1990-12-05"),
            "Please also give this name in Latin letters, as you spell it yourself. Perhaps: --latin-name 'Li Ming'",
        ),
        (("--name", "123", "--birth", "1990-12-05"), "The name holds no letters to count."),
        (("--name", "Ann", "--birth", "0999-12-05"), "The year of birth must have four digits."),
        (
            ("--name", "Ann", "--birth", "1990-02-30"),
            "--birth must be a date that exists, written YYYY-MM-DD: 1990-02-30 is none.",
        ),
        (
            ("--name", "Ann", "--birth", "19900228"),
            "--birth must be a date that exists, written YYYY-MM-DD: 19900228 is none.",
        ),
        ((*PERSON, "--on", "soon"), "--on must be a date that exists, written YYYY-MM-DD: soon is none."),
        ((*PERSON, "--system", "vedic"), "The calculation system must be pythagorean or chaldean."),
        ((*PERSON, "--option", "life_path"), "--option must be written KEY=VALUE: life_path is not."),
        ((*PERSON, "--option", "zodiac=leo"), "No option zodiac exists."),
        ((*PERSON, "--gender", "x"), "The option gender must be one of male, female, both."),
    ],
    ids=lambda value: value[-1] if isinstance(value, tuple) else None,
)
def test_refusals_are_sentences(arguments: tuple[str, ...], sentence: str) -> None:
    assert refusal(*arguments) == sentence


def test_options_are_the_engines() -> None:
    out = json.loads(printed(*PERSON, "--option", "life_path=all_digits", "--json"))
    assert out["options"] == Options(life_path=LifePathMethod.ALL_DIGITS).to_dict()
