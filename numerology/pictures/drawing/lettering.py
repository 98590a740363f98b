"""Text that fits: how wide it is at most, where it breaks and which way it runs."""

import unicodedata
from collections.abc import Iterator

# Widths in em, rounded up from the widest typefaces that readers commonly have.
_WIDTHS = {
    **dict.fromkeys("abcdefghknopqsuvxyzäöüéèáàâêíóúñç", 0.65),
    **dict.fromkeys("ABCDEFGHJKLNOPQRSTUVXYZ&", 0.8),
    **dict.fromkeys("0123456789*?_$", 0.65),
    **dict.fromkeys("ijlI|'.,:;! ·\u2019", 0.4),
    **dict.fromkeys('frt()[]/\\-"“”\u2013', 0.5),
    **dict.fromkeys("+=<>\u00d7→\u2212~#", 0.85),
}
_BOLD = 1.12
_LATIN, _IDEOGRAPH, _OTHER = 1.1, 1.1, 1.5
# Letters that are joined, and those of the north of India, are narrower than those of other scripts.
_JOINING, _NORTHERN, _NARROWER = {"R", "AL"}, range(0x0900, 0x0B00), 1.0
# Letters of these are whole phrases.
_PHRASES, _PHRASE = range(0xFDF0, 0xFE00), 12.0
# Armenian is the first script after Latin, Greek and Cyrillic.
_BEYOND_LATIN = 0x0530
_UNSEEN = {"Mn", "Me", "Cf"}
_JOINED = {"Mn", "Me", "Mc", "Cf"}
# The combining class of the sign that takes a letter's vowel away and joins it to the next one.
_VIRAMA = 9


def runs_rightwards(text: str) -> bool:
    """False for a text whose first letter belongs to a script that is written from the right."""
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind in {"L", "R", "AL"}:
            return kind == "L"
    return True


def width_of(text: str, size: float, *, bold: bool = False) -> float:
    """The most that ``text`` may take at a font size of ``size``, in the same unit."""
    return sum(map(_em, text)) * size * (_BOLD if bold else 1)


def _em(character: str) -> float:
    known = _WIDTHS.get(character)
    if known is not None:
        return known
    if unicodedata.category(character) in _UNSEEN:
        return 0
    if ord(character) < _BEYOND_LATIN:
        return _LATIN
    if ord(character) in _PHRASES:
        return _PHRASE
    if unicodedata.bidirectional(character) in _JOINING or ord(character) in _NORTHERN:
        return _NARROWER
    return _IDEOGRAPH if unicodedata.category(character) == "Lo" and _is_square(character) else _OTHER


def _is_square(character: str) -> bool:
    return unicodedata.east_asian_width(character) in {"W", "F"}


def wrapped(text: str, size: float, width: float, *, bold: bool = False) -> list[str]:
    """The lines of ``text``, none wider than ``width``; a word that is too long goes on in the next line."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width_of(longer, size, bold=bold) <= width:
            lines[-1] = longer
        else:
            lines.extend(_broken(word, size, width, bold=bold))
    return lines


def _broken(word: str, size: float, width: float, *, bold: bool) -> list[str]:
    pieces = [""]
    for cluster in _clusters(word):
        if pieces[-1] and width_of(pieces[-1] + cluster, size, bold=bold) > width:
            pieces.append("")
        pieces[-1] += cluster
    return pieces


def _clusters(word: str) -> Iterator[str]:
    """Letters with the marks that belong to them, and letters that a sign between them joins."""
    cluster = ""
    for character in word:
        follows_virama = cluster and unicodedata.combining(cluster[-1]) == _VIRAMA
        is_joined = follows_virama or unicodedata.category(character) in _JOINED
        if cluster and not is_joined:
            yield cluster
            cluster = ""
        cluster += character
    yield cluster
