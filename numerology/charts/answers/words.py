"""The texts as answers hold them. Each is put together once in a process and shared, so nobody may change one."""

from dataclasses import fields
from functools import cache
from typing import Any

from numerology.content import loader
from numerology.content.catalogue import FILES
from numerology.engine import Position

Words = dict[str, Any]


@cache
def page(position: Position, number: int | None) -> Words:
    """The page of a number under the names of the API; None, a number the name cannot have, has a page of its own."""
    return {"number": number, **_plain(loader.interpretation(position, number))}


@cache
def note(name: str, key: int | str) -> Words | None:
    """The text of a secondary position, None where there is none for the key."""
    return _plain(loader.note(name, key)) if str(key) in FILES[name].keys else None


@cache
def line(name: str, key: int | str) -> Words | None:
    """The text of a detail, None where there is none for the key."""
    return _plain(loader.line(name, key)) if str(key) in FILES[name].keys else None


def _plain(text: Any) -> Words:
    values = ((field.name, getattr(text, field.name)) for field in fields(text))
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values}
