"""A guess at how a name of another script is written in Latin letters, for the person to confirm."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Any

from anyascii import anyascii

METHOD = "anyascii"
# One character is one syllable with a meaning of its own: a reading each, not one long word.
_SYLLABLES = ("CJK UNIFIED IDEOGRAPH", "CJK COMPATIBILITY IDEOGRAPH", "HANGUL SYLLABLE")


@dataclass(frozen=True, slots=True)
class LatinProposal:
    """A transliteration: vowels that the script does not write are missing, readings are the commonest ones."""

    latin_name: str
    method: str = METHOD
    transliterated: bool = True

    def to_dict(self) -> dict[str, Any]:
        return {"latin_name": self.latin_name, "method": self.method, "transliterated": self.transliterated}


def propose_latin(name: str) -> LatinProposal | None:
    """None when no letter of `name` has a transliteration."""
    spelled = "".join(map(_spelled, unicodedata.normalize("NFKC", name)))
    words = [word[0].upper() + word[1:] for word in spelled.split()]
    return LatinProposal(latin_name=" ".join(words)) if words else None


def _spelled(character: str) -> str:
    category = unicodedata.category(character)
    if category[0] not in "LM":
        return " " if category[0] in "ZP" else ""
    latin = "".join(letter for letter in anyascii(character) if letter.isascii() and letter.isalpha())
    return f" {latin} " if unicodedata.name(character, "").startswith(_SYLLABLES) else latin
