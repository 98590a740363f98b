"""How a content file is described, and what is wrong with one that does not fit its description."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Text:
    """A text of `shortest` to `longest` characters."""

    shortest: int
    longest: int


@dataclass(frozen=True, slots=True)
class Texts:
    """`fewest` to `most` different texts."""

    fewest: int
    most: int
    each: Text


Fields = Mapping[str, Text | Texts]


@dataclass(frozen=True, slots=True)
class File:
    """One content file: the tables it holds, and what each of them holds."""

    keys: tuple[str, ...]
    fields: Fields


def problems_of(document: Document, file: File, *, position: str, locale: str) -> list[str]:
    """Everything wrong with one file, each as a sentence; none means it may be used."""
    return [
        *_problems_of_meta(document.get("meta"), position=position, locale=locale),
        *_problems_of_keys(set(document) - {"meta"}, file.keys),
        *(
            f"[{key}] {problem}"
            for key in file.keys
            if key in document
            for problem in _problems_of_table(document[key], file.fields)
        ),
    ]


def _problems_of_meta(meta: Any, *, position: str, locale: str) -> Iterator[str]:
    if not isinstance(meta, dict):
        yield "[meta] is missing"
        return
    if meta.get("position") != position:
        yield f"[meta] position is not {position}"
    if meta.get("locale") != locale:
        yield f"[meta] locale is not {locale}"
    version = meta.get("version")
    if type(version) is not int or version < 1:
        yield "[meta] version is not a positive integer"


def _problems_of_keys(found: set[str], expected: tuple[str, ...]) -> Iterator[str]:
    yield from (f"[{key}] is missing" for key in expected if key not in found)
    yield from (f"[{key}] does not belong here" for key in sorted(found - set(expected)))


def _problems_of_table(table: Any, fields: Fields) -> Iterator[str]:
    if not isinstance(table, dict):
        yield "is not a table"
        return
    yield from _problems_of_keys(set(table), tuple(fields))
    for name, bounds in fields.items():
        if name in table:
            yield from (f"{name}: {problem}" for problem in _problems_of_value(table[name], bounds))


def _problems_of_value(value: Any, bounds: Text | Texts) -> Iterator[str]:
    if isinstance(bounds, Text):
        yield from _problems_of_text(value, bounds)
        return
    if not isinstance(value, list):
        yield "is not a list"
        return
    if not bounds.fewest <= len(value) <= bounds.most:
        yield f"has {len(value)} entries instead of {bounds.fewest} to {bounds.most}"
    if len({str(each) for each in value}) < len(value):
        yield "repeats an entry"
    for each in value:
        yield from _problems_of_text(each, bounds.each)


def _problems_of_text(value: Any, bounds: Text) -> Iterator[str]:
    if not isinstance(value, str):
        yield "is not text"
    elif value != value.strip() or "\n" in value:
        yield "has stray white space"
    elif not bounds.shortest <= len(value) <= bounds.longest:
        yield f"has {len(value)} characters instead of {bounds.shortest} to {bounds.longest}"
