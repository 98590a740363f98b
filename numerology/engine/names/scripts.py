"""From any character to A-Z: which scripts spell out how a name sounds, and which leave it open."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from anyascii import anyascii

from numerology.engine.errors import LatinNameRequiredError

APOSTROPHES = frozenset(
    "'`\N{ACUTE ACCENT}\N{LEFT SINGLE QUOTATION MARK}\N{RIGHT SINGLE QUOTATION MARK}"
    "\N{SINGLE HIGH-REVERSED-9 QUOTATION MARK}\N{PRIME}\N{FULLWIDTH APOSTROPHE}"
    "\N{MODIFIER LETTER PRIME}\N{MODIFIER LETTER TURNED COMMA}\N{MODIFIER LETTER APOSTROPHE}"
    "\N{MODIFIER LETTER REVERSED COMMA}\N{MODIFIER LETTER RIGHT HALF RING}\N{MODIFIER LETTER LEFT HALF RING}"
    "\N{LATIN SMALL LETTER SALTILLO}\N{LATIN CAPITAL LETTER SALTILLO}"
    "\N{GREEK PSILI}\N{GREEK KORONIS}\N{GREEK OXIA}\N{HEBREW PUNCTUATION GERESH}\N{ARMENIAN APOSTROPHE}"
    # The interpunct of Catalan stands inside one name just as an apostrophe does.
    "\N{MIDDLE DOT}\N{HYPHENATION POINT}"
)
_SPELLED_OUT = ("LATIN ", "CYRILLIC ", "GREEK ")
_TRANSLITERATED = ("CYRILLIC ", "GREEK ")
_SEPARATORS = frozenset({"Zs", "Zl", "Zp", "Cc", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po"})


@lru_cache(maxsize=4096)
def latin(character: str) -> str:
    """Upper-case A-Z for one normalised character: a space where names split, "" where it does not count.

    Raises LatinNameRequiredError for letters of scripts that leave vowels or readings unwritten.
    """
    if character in APOSTROPHES:
        return ""
    if character == "\N{MINUS SIGN}":
        return " "
    category = unicodedata.category(character)
    if category in _SEPARATORS:
        return " "
    if category[0] != "L":
        return ""
    name = unicodedata.name(character, "")
    if name.startswith("MODIFIER LETTER "):
        return ""
    if not name.startswith(_SPELLED_OUT):
        raise LatinNameRequiredError(character=character)
    return "".join(letter for letter in anyascii(character).upper() if "A" <= letter <= "Z")


def is_transliterated(text: str) -> bool:
    return any(unicodedata.name(character, "").startswith(_TRANSLITERATED) for character in text)
