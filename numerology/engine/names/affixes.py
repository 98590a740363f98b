"""Parts of a written name that are no names: titles, generation marks, and particles on request."""

from __future__ import annotations

TITLES = frozenset({"DR", "PROF", "MR", "MRS", "MS", "MISS", "MX", "REV", "SIR"})
# V, VI and a lone I stay: they may be initials or a name, and only the person knows.
SUFFIXES = frozenset({"JR", "SR", "II", "III", "IV", "VII", "VIII", "PHD", "ESQ"})
ORDINALS = frozenset({"2ND", "3RD", "4TH", "5TH", "6TH", "7TH", "8TH"})
SPLIT_SUFFIXES = frozenset({("PH", "D")})
PARTICLES = frozenset(
    {"VAN", "VON", "DER", "DEN", "DE", "DU", "DES", "DA", "DAS", "DO", "DOS", "DI", "DEL", "DELLA", "LA", "LE"}
    | {"TEN", "TER", "ZU", "ZUM", "ZUR", "AF", "AV", "BIN", "BINT", "IBN", "AL", "EL"}
)


def without_titles(words: list[str]) -> tuple[list[str], list[str]]:
    """Split leading titles off, keeping at least one word. Returns (words, dropped)."""
    count = 0
    while count < len(words) - 1 and words[count] in TITLES:
        count += 1
    return words[count:], words[:count]


def without_suffixes(words: list[str]) -> tuple[list[str], list[str]]:
    """Split trailing generation marks and degrees off, keeping at least one word. Returns (words, dropped)."""
    end = len(words)
    while end > 1:
        if words[end - 1] in SUFFIXES:
            end -= 1
        elif end > 2 and tuple(words[end - 2 : end]) in SPLIT_SUFFIXES:
            end -= 2
        else:
            break
    return words[:end], words[end:]


def without_ordinal(text: str) -> tuple[str, str | None]:
    """Split a trailing "3rd" off, whose letters are no name. Returns (text, dropped)."""
    *before, last = text.rsplit(None, 1) or [""]
    ordinal = last.strip(".,()").upper()
    return (before[0], ordinal) if before and ordinal in ORDINALS else (text, None)


def joined_particles(words: list[str]) -> list[str]:
    """Write particles together with the name they belong to: VAN DER KALEN becomes one word.

    The first word is never a particle: Van and Al are given names as well.
    """
    joined = words[:1]
    pending = ""
    for position, word in enumerate(words[1:], start=2):
        if word in PARTICLES and position < len(words):
            pending += word
        else:
            joined.append(pending + word)
            pending = ""
    return joined
