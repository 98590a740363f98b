"""Options by the names they have in `to_dict`, for those who send them as text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Any, get_args, get_type_hints

from numerology.engine.errors import UnknownOptionError
from numerology.engine.options import MAINSTREAM, Options


def _methods() -> dict[str, type[StrEnum]]:
    # "NameMethod | None" offers the methods of NameMethod.
    return {name: (get_args(hint) or (hint,))[0] for name, hint in get_type_hints(Options).items()}


METHODS = _methods()
CHOICES: dict[str, tuple[str, ...]] = {name: tuple(method.value for method in METHODS[name]) for name in METHODS}


def options_from(named: Mapping[str, str | None]) -> Options:
    """The mainstream options with those of `named` instead; None leaves one as it is.

    Raises UnknownOptionError for a name or a method that does not exist.
    """
    chosen: dict[str, Any] = {}
    for name, value in named.items():
        if name not in METHODS:
            raise UnknownOptionError(option=name)
        if value is None:
            continue
        if value not in CHOICES[name]:
            raise UnknownOptionError(option=name, allowed=CHOICES[name])
        chosen[name] = METHODS[name](value)
    return replace(MAINSTREAM, **chosen)
