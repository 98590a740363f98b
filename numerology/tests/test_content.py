import re
from copy import deepcopy
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from django.db import models

from numerology.checks import texts_are_complete
from numerology.content import loader
from numerology.content.catalogue import ABSENT, DAILY, FILES, LINES, NOTES, PAGES
from numerology.content.schema import Text, Texts, problems_of
from numerology.engine import Position
from numerology.readings.models import DailyReading

SENTENCE_END = re.compile(r"(?<=[.!?;])\s+")
# In characters; shorter ones are names of colours, keywords and the like, of which there are only so many.
A_SENTENCE = 25


def filled(bounds: Text | Texts) -> str | list[str]:
    if isinstance(bounds, Text):
        return "x" * bounds.shortest
    return ["x" * bounds.each.shortest + str(n) for n in range(bounds.fewest)]


def document(position: str = Position.ATTITUDE) -> dict[str, Any]:
    file = FILES[position]
    tables = {key: {name: filled(bounds) for name, bounds in file.fields.items()} for key in file.keys}
    return {"meta": {"position": position, "locale": "en", "version": 1}, **tables}


def problems(document: dict[str, Any], position: str = Position.ATTITUDE) -> list[str]:
    return problems_of(document, FILES[position], position=position, locale="en")


def test_every_text_is_there_and_within_its_bounds() -> None:
    assert loader.problems() == []
    assert texts_are_complete() == []


@pytest.mark.parametrize("locale", loader.locales())
def test_every_language_has_every_text(locale: str) -> None:
    assert loader.problems(locale=locale) == []
    assert {path.stem for path in (loader.ROOT / locale).iterdir()} == set(FILES)


@pytest.mark.parametrize("position", list(PAGES))
def test_every_number_of_every_position_has_a_text(position: str) -> None:
    texts = [loader.interpretation(Position(position), int(key)) for key in PAGES[position].keys]
    assert len({text.title for text in texts}) == len(texts)
    assert len({text.description for text in texts}) == len(texts)


@pytest.mark.parametrize("position", [*NOTES, *LINES])
def test_every_detail_has_a_title_and_a_text_of_its_own(position: str) -> None:
    file, read = FILES[position], loader.note if position in NOTES else loader.line
    texts = [read(position, key) for key in file.keys]
    assert len({text.title for text in texts}) == len(texts)
    assert len({text.summary for text in texts}) == len(texts)


@pytest.mark.parametrize("locale", loader.locales())
def test_no_two_places_share_a_sentence(locale: str) -> None:
    places: dict[str, list[str]] = {}
    for name in FILES:
        for place, text in loader.texts_of(name, locale=locale):
            for sentence in SENTENCE_END.split(text):
                if len(sentence) >= A_SENTENCE:
                    places.setdefault(sentence.casefold().strip(" .!?"), []).append(f"{name} {place}")
    assert {sentence: found for sentence, found in places.items() if len(found) > 1} == {}


def test_every_personal_day_has_texts() -> None:
    days = [loader.daily_texts(number) for number in range(1, 10)]
    assert len({day.affirmations for day in days}) == 9
    assert loader.daily_version() >= 1


def test_texts_are_read_once() -> None:
    first = loader.interpretation(Position.LIFE_PATH, 1)
    assert loader.interpretation(Position.LIFE_PATH, 1) is first
    assert loader.daily_texts(1) is loader.daily_texts(1)


def test_absent_numbers_have_a_text_only_where_they_can_be_absent() -> None:
    assert loader.interpretation(Position.SOUL_URGE, None) != loader.interpretation(Position.PERSONALITY, None)
    with pytest.raises(KeyError):
        loader.interpretation(Position.DESTINY, None)
    with pytest.raises(KeyError):
        loader.interpretation(Position.ATTITUDE, 11)
    with pytest.raises(KeyError):
        loader.interpretation(Position.PERSONAL_DAY, 1)


def test_a_locale_without_texts_is_an_error() -> None:
    with pytest.raises(loader.ContentError, match=r"xx/life_path\.toml"):
        loader.interpretation(Position.LIFE_PATH, 1, locale="xx")


def test_a_document_within_its_bounds_has_no_problems() -> None:
    assert problems(document()) == []
    assert problems(document(DAILY), DAILY) == []
    assert problems(document(ABSENT), ABSENT) == []


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        (("meta",), None, "[meta] is missing"),
        (("meta", "position"), "balance", "[meta] position is not attitude"),
        (("meta", "locale"), "de", "[meta] locale is not en"),
        (("meta", "version"), 0, "[meta] version is not a positive integer"),
        (("meta", "version"), True, "[meta] version is not a positive integer"),
        (("9",), None, "[9] is missing"),
        (("11",), {}, "[11] does not belong here"),
        (("9", "title"), None, "[9] [title] is missing"),
        (("9", "mood"), "x", "[9] [mood] does not belong here"),
        (("9", "title"), "xx", "[9] title: has 2 characters instead of 3 to 60"),
        (("9", "title"), "x" * 61, "[9] title: has 61 characters instead of 3 to 60"),
        (("9", "title"), " padded", "[9] title: has stray white space"),
        (("9", "title"), "two\nlines", "[9] title: has stray white space"),
        (("9", "title"), 5, "[9] title: is not text"),
        (("9", "keywords"), "one", "[9] keywords: is not a list"),
        (("9", "keywords"), ["one", "two"], "[9] keywords: has 2 entries instead of 3 to 6"),
        (("9", "keywords"), ["one", "two", "two"], "[9] keywords: repeats an entry"),
        (("9", "keywords"), ["one", "two", 3], "[9] keywords: is not text"),
    ],
)
def test_every_fault_is_named(path: tuple[str, ...], value: object, expected: str) -> None:
    broken: dict[str, Any] = deepcopy(document())
    *parents, last = path
    table = broken
    for parent in parents:
        table = table[parent]
    if value is None:
        del table[last]
    else:
        table[last] = value
    assert problems(broken) == [expected]


def test_a_table_that_is_no_table_is_a_fault() -> None:
    assert problems(document() | {"9": "text"}) == ["[9] is not a table"]


def test_a_deployment_with_a_broken_file_is_told_which(tmp_path: Path) -> None:
    copytree(loader.ROOT / "en", tmp_path / "en")
    (tmp_path / "en" / "balance.toml").unlink()
    (tmp_path / "en" / "daily.toml").write_text("[meta", encoding="utf-8")
    (tmp_path / "en" / "destiny.toml").write_bytes(b"\xff\xfe")
    (tmp_path / "en" / "absent.toml").write_text("[meta]\n", encoding="utf-8")
    found = loader.problems(root=tmp_path)
    assert [problem.partition(":")[0] for problem in found] == [
        "en/destiny.toml",
        "en/balance.toml",
        "en/daily.toml",
        "en/absent.toml",
    ]


def test_stored_readings_have_room_for_every_text() -> None:
    columns = {
        "lucky_colors": "lucky_color",
        "auspicious_times": "auspicious_time",
        "activity_recommendations": "activity_recommendation",
        "warnings": "warning",
        "affirmations": "affirmation",
        "actionable_tips": "actionable_tip",
    }
    for name, bounds in FILES[DAILY].fields.items():
        assert isinstance(bounds, Texts)
        column = DailyReading._meta.get_field(columns[name])
        assert isinstance(column, models.CharField)
        assert column.max_length == bounds.each.longest
