"""A typed name turned into the words of A-Z that are counted."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Any

from numerology.engine.errors import InvalidNameError, LatinNameRequiredError, NameWithoutLettersError
from numerology.engine.names.affixes import joined_particles, without_ordinal, without_suffixes, without_titles
from numerology.engine.names.marks import LetterMark, lifted_marks, spelled_with_marks
from numerology.engine.names.proposal import METHOD, propose_latin
from numerology.engine.names.scripts import APOSTROPHES, is_transliterated, latin
from numerology.engine.options import LetterMarks, ParticlePolicy, UmlautPolicy

_WITHOUT_APOSTROPHES = str.maketrans(dict.fromkeys(APOSTROPHES))
_EXPANDED_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})


@dataclass(frozen=True, slots=True)
class NormalizedName:
    """The name as typed, the words that are counted (upper-case A-Z) and the steps that led there.

    `transliterated` is true when letters of another script were written in Latin ones. `marks` are the letters
    whose role the person decided.
    """

    original: str
    words: tuple[str, ...]
    steps: tuple[str, ...]
    transliterated: bool
    marks: tuple[LetterMark, ...] = ()

    @property
    def calculation(self) -> str:
        return " ".join(self.words)

    @property
    def method(self) -> str | None:
        """How it was transliterated; None where the letters were Latin from the start."""
        return METHOD if self.transliterated else None

    def to_dict(self) -> dict[str, Any]:
        return {
            "original": self.original,
            "calculation": self.calculation,
            "words": list(self.words),
            "steps": list(self.steps),
            "transliterated": self.transliterated,
            "method": self.method,
        }


def normalize_name(
    name: str,
    *,
    umlauts: UmlautPolicy = UmlautPolicy.PLAIN,
    particles: ParticlePolicy = ParticlePolicy.SPLIT,
    marks: LetterMarks = LetterMarks.IGNORED,
    field: str = "name",
) -> NormalizedName:
    """Split a full name into countable words.

    Raises NameWithoutLettersError when nothing can be counted, LatinNameRequiredError when the script does not say
    how the name sounds, InvalidNameError when it is no text; each names `field`.
    """
    if not isinstance(name, str):
        raise InvalidNameError(field=field)
    steps: list[str] = []
    # Apostrophes go first: compatibility normalisation would turn some of them into a space and split the name.
    text = name.translate(_WITHOUT_APOSTROPHES)
    if text != name:
        steps.append("apostrophes_removed")
    transliterated = False
    if not text.isascii():
        text, transliterated = _composed(text, umlauts, steps)
    text, ordinal = without_ordinal(text)
    try:
        words = (spelled_with_marks(text) if marks is LetterMarks.OBEYED else "".join(map(latin, text))).split()
    except LatinNameRequiredError as error:
        proposal = propose_latin(name)
        raise LatinNameRequiredError(character=error.character, proposal=proposal, field=field) from None
    if not words:
        raise NameWithoutLettersError(field=field)
    words = _without_affixes(words, [ordinal] if ordinal else [], steps)
    if particles is ParticlePolicy.JOIN:
        words = _with_particles_joined(words, steps)
    decided: tuple[LetterMark, ...] = ()
    if marks is LetterMarks.OBEYED:
        words, decided = lifted_marks(words)
        steps.extend(mark.step(words) for mark in decided)
    return NormalizedName(name, tuple(words), tuple(steps), transliterated, decided)


def _composed(text: str, umlauts: UmlautPolicy, steps: list[str]) -> tuple[str, bool]:
    text = unicodedata.normalize("NFKC", text)
    if umlauts is UmlautPolicy.EXPANDED:
        text = text.translate(_EXPANDED_UMLAUTS)
        steps.append("umlauts_expanded")
    transliterated = is_transliterated(text)
    steps.append("transliterated" if transliterated else "marks_removed")
    return text, transliterated


def _without_affixes(words: list[str], ordinals: list[str], steps: list[str]) -> list[str]:
    words, titles = without_titles(words)
    words, suffixes = without_suffixes(words)
    steps.extend(f"title_dropped:{title}" for title in titles)
    steps.extend(f"suffix_dropped:{suffix}" for suffix in (*suffixes, *ordinals))
    return words


def _with_particles_joined(words: list[str], steps: list[str]) -> list[str]:
    joined = joined_particles(words)
    if len(joined) < len(words):
        steps.append("particles_joined")
    return joined
