"""The words of a vector's `method`, turned into Options.

A word is the name of a method (`all_letters`), or a field of Options with its value (`umlauts=expanded`). Several
may be joined by "+", "," or ";". "keep_master" and "no_master" speak of every number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any, get_args, get_type_hints

from numerology.engine.options import (
    ChaldeanCompound,
    LifePathMethod,
    MasterPolicy,
    NameMethod,
    Options,
    PinnacleMethod,
)
from numerology.engine.vectors.errors import VectorError

MISPRINT = "misprint"
ANY_COMPONENT = "any_component"
# Words for what is calculated in any case.
DEFAULTS = frozenset(
    {
        "",
        "decoz",
        "any",
        "default",
        "mainstream",
        "standard",
        "published",
        MISPRINT,
        ANY_COMPONENT,
        "keep_5",
        "no_5_rule",
    }
    | {"table_natural_compatible_neutral_challenge", "decoz_sum_and_bridge", "direction"}
)
ALIASES = {
    "component": "components",
    "components_no_master": "component_no_master",
    "digit_sum": "all_digits",
    "digit_sum_no_master": "all_digits_no_master",
    "whole_number": "whole_numbers",
    "whole_date": "whole_numbers",
    "sum_all_letters": "all_letters",
    "goodwin_w_vowel": "goodwin",
    "w_vowel": "goodwin",
    "y_vowel": "y_always_vowel",
    "y_always": "y_always_vowel",
    "always": "y_always_vowel",
    "y_consonant": "y_never_vowel",
    "y_never": "y_never_vowel",
    "never": "y_never_vowel",
    "cheiro": "cheiro_sum_of_roots",
    "sum_of_word_roots": "cheiro_sum_of_roots",
    "fermier": "name_method=sum_of_roots",
    "lunar": "lunar_new_year",
    "lunar_year": "lunar_new_year",
    "keep_masters": "keep_master",
    "masters_kept": "keep_master",
    "master_kept": "keep_master",
    "keep_master_in_components": "challenge_masters=keep_master",
    "no_masters": "no_master",
    "reduce_master": "no_master",
    "reduce_masters": "no_master",
    "single_digit": "no_master",
    "root": "no_master",
    "root_only": "no_master",
    "roots_as_components": "sum_of_roots",
    "add_roots": "sum_of_roots",
    "birthday": "birthday_to_birthday",
    "calendar": "calendar_year",
    "personal_year_1_nearest": "personal_year_1_nearest_28_56",
    "nearest_personal_year_1": "personal_year_1_nearest_28_56",
    "goodwin_ages": "personal_year_1_nearest_28_56",
    "36_minus_life_path_as_start": "second_starts_at_36_minus_life_path",
    "36_minus_lp_as_start": "second_starts_at_36_minus_life_path",
    "date_digits": "date_digits_only",
    "digits_only": "date_digits_only",
    "plus_driver_conductor": "digits_plus_driver_conductor",
    "digits_plus_driver_conductor_and_kua": "digits_plus_driver_conductor_kua",
    "digits_plus_driver_conductor_plus_kua": "digits_plus_driver_conductor_kua",
    "li_chun": "li_chun_feb_4",
    "feb_4": "li_chun_feb_4",
    "lunar_new_year_no_5_rule": "lunar_new_year",
    "double_last": "last_name_twice",
    "ae_oe_ue": "umlauts=expanded",
    "umlauts_expanded": "umlauts=expanded",
    "particles_joined": "particles=join",
}
# What a grid is filled with is a parameter, not a point of disagreement: it counts in mainstream examples too.
_PARAMETERS = frozenset({"lo_shu_fill", "lo_shu_driver", "letter_marks", "gender"})
_SEPARATORS = str.maketrans(dict.fromkeys(",;&", "+"))


@dataclass(frozen=True, slots=True)
class Method:
    """The words understood, and the Options they make."""

    words: tuple[str, ...]
    options: Options

    @property
    def reduces(self) -> bool:
        """Whether every number is asked for as a single digit."""
        return MasterPolicy.REDUCE in self.words


def method_of(vector: Mapping[str, Any]) -> Method:
    """Raises VectorError for a word that names no method, unless the default is asked for anyway."""
    words = _words(vector.get("method"))
    chosen: dict[str, StrEnum] = {}
    mainstream = bool(vector.get("mainstream"))
    for word in words:
        chosen |= _choices(word, strict=not mainstream)
    if mainstream:
        words = tuple(word for word in words if word == MISPRINT)
        chosen = {field: value for field, value in chosen.items() if field in _PARAMETERS}
    given = vector.get("options") or {}
    if not isinstance(given, Mapping):
        raise VectorError("The options of a vector are an object.")
    for field, value in given.items():
        chosen |= _choices(f"{field}={value}", strict=True)
    return Method(words=words, options=replace(Options(), **chosen))  # type: ignore[arg-type]


def _words(method: object) -> tuple[str, ...]:
    given = method if isinstance(method, list | tuple) else [method or ""]
    words = [_canonical(str(text)) for text in given]
    return tuple(known for word in words for known in ([word] if _known(word) else map(_canonical, _split(word))))


def _split(word: str) -> list[str]:
    return [part.strip("_") for part in word.translate(_SEPARATORS).split("+")]


def _canonical(text: str) -> str:
    word = text.strip().lower().replace(" ", "_").replace("-", "_")
    return ALIASES.get(word, word)


def _known(word: str) -> bool:
    return word in DEFAULTS or word in _MEANINGS


def _choices(word: str, *, strict: bool) -> dict[str, StrEnum]:
    if word in _MEANINGS:
        return _MEANINGS[word]
    field, _, value = word.partition("=")
    if field in _FIELDS and value in list(_FIELDS[field]):
        return {field: _FIELDS[field](value)}
    if strict and word not in DEFAULTS:
        raise VectorError(f"The method {word!r} is not known.")
    return {}


def _enums() -> dict[str, type[StrEnum]]:
    hints = get_type_hints(Options)
    return {
        field.name: kind
        for field in fields(Options)
        for kind in (hints[field.name], *get_args(hints[field.name]))
        if isinstance(kind, type) and issubclass(kind, StrEnum)
    }


def _meanings() -> dict[str, dict[str, StrEnum]]:
    meanings: dict[str, dict[str, StrEnum]] = {}
    for field, kind in _FIELDS.items():
        for member in kind:
            meanings.setdefault(member.value, {})[field] = member
    return meanings


_FIELDS = _enums()
_MEANINGS = _meanings()
# Whoever reduces the parts of a date for the Life Path does so for the Pinnacles.
_MEANINGS[LifePathMethod.COMPONENTS_NO_MASTER]["pinnacles"] = PinnacleMethod.ROOTS
# And whoever adds the roots of the words for the Chaldean name does so for its vowels and consonants.
_MEANINGS[ChaldeanCompound.SUM_OF_ROOTS]["name_method"] = NameMethod.SUM_OF_ROOTS
