"""The texts as operators read them: every file, its tables, what a language lacks, and a search over all of them."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from numerology.content import pairs, readings, remedies
from numerology.content.catalogue import DAILY, FILES, LINES, NOTES, PAGES
from numerology.content.loader import LOCALE, ROOT
from numerology.content.schema import problems_of

MOST_HITS = 100
SHAPES: tuple[tuple[Iterable[str], str], ...] = (
    (PAGES, "page"),
    (NOTES, "note"),
    (LINES, "detail"),
    (pairs.PAIRS, "pair"),
    (remedies.FILES, "remedy"),
    ((*readings.FILES, DAILY), "reading"),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A file in one language; ``problem`` says why it cannot be used, and ``missing`` are the keys it lacks."""

    name: str
    locale: str
    shape: str
    version: int | None
    tables: int
    texts: int
    missing: tuple[str, ...]
    problem: str

    @property
    def lack(self) -> str:
        return f"lacks {len(self.missing)}"


@dataclass(frozen=True, slots=True)
class Table:
    """What stands under one key: fields by their names in words, each with its texts."""

    key: str
    fields: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """A text that was found, in pieces: every second one is what was looked for."""

    name: str
    key: str
    field: str
    pieces: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Place:
    name: str
    key: str
    field: str
    text: str
    lowered: str


def locales() -> list[str]:
    """The languages that any text is in; the product's own first."""
    found = {path.parent.name for path in ROOT.glob("*/*.toml")}
    return sorted(found, key=lambda locale: (locale != LOCALE, locale))


def entries(locale: str) -> list[Entry]:
    return [_entry(name, locale) for name in FILES]


def entry(name: str, locale: str) -> Entry:
    """Raises KeyError for a file that is none of ours."""
    if name not in FILES:
        raise KeyError(name)
    return _entry(name, locale)


def tables(name: str, locale: str) -> list[Table]:
    """In the order of the catalogue; none for a file that is not there."""
    written = _tables_of(_document(name, locale)[0])
    places = {key: place for place, key in enumerate(FILES[name].keys)}
    return [
        Table(key, tuple((_in_words(field), tuple(_texts(value))) for field, value in written[key].items()))
        for key in sorted(written, key=lambda key: (places.get(key, len(places)), key))
    ]


def search(words: str, locale: str) -> tuple[list[Hit], int]:
    """The first texts in which all ``words`` stand, in any order and case, and how many there are."""
    wanted = sorted(words.lower().split(), key=len, reverse=True)
    if not wanted:
        return [], 0
    found = [place for place in _places(locale) if all(word in place.lowered for word in wanted)]
    pattern = re.compile(f"({'|'.join(map(re.escape, wanted))})", re.IGNORECASE)
    hits = [Hit(each.name, each.key, each.field, tuple(pattern.split(each.text))) for each in found[:MOST_HITS]]
    return hits, len(found)


@cache
def _entry(name: str, locale: str) -> Entry:
    document, fault = _document(name, locale)
    written = _tables_of(document)
    meta = document.get("meta")
    faults = [fault] if fault else problems_of(document, FILES[name], position=name, locale=locale)
    return Entry(
        name=name,
        locale=locale,
        shape=next((shape for names, shape in SHAPES if name in names), "page"),
        version=meta.get("version") if isinstance(meta, dict) else None,
        tables=len(written),
        texts=sum(len(list(_texts(value))) for table in written.values() for value in table.values()),
        missing=tuple(key for key in FILES[name].keys if key not in written),
        problem="; ".join(faults),
    )


@cache
def _document(name: str, locale: str) -> tuple[Mapping[str, Any], str]:
    """The file as it is written, complete or not, and why it cannot be read; the loader gives complete ones only."""
    try:
        return tomllib.loads((ROOT / locale / f"{name}.toml").read_text(encoding="utf-8")), ""
    except FileNotFoundError:
        return {}, "There is no such file."
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        return {}, str(error)


@cache
def _places(locale: str) -> tuple[_Place, ...]:
    return tuple(
        _Place(name, table.key, field, text, text.lower())
        for name in FILES
        for table in tables(name, locale)
        for field, texts in table.fields
        for text in texts
    )


def _tables_of(document: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {key: table for key, table in document.items() if key != "meta" and isinstance(table, dict)}


def _texts(value: Any) -> Iterator[str]:
    yield from map(str, value) if isinstance(value, list) else (str(value),)


def _in_words(name: str) -> str:
    return name.replace("_", " ").capitalize()
