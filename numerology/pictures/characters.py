"""What of a typed text may go into a picture."""

import unicodedata

_ISOLATE, _END = "\u2068", "\u2069"
# XML has no place for these, nor for the last two of each plane.
_UNSEEN, _NONCHARACTERS = {"Cc", "Cs"}, 0xFFFE
# Direction is ours to set.
_DIRECTIONS = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
_DIRECTION_MARKS = "\u200e\u200f\u061c"


def legal(text: str) -> str:
    """``text`` on one line, without what XML cannot hold."""
    return "".join(character for character in " ".join(text.split()) if _is_legal(character))


def drawable(text: str) -> str:
    """As ``legal``, and without signs that change the direction of what follows."""
    return "".join(character for character in legal(text) if not _directs(character))


def isolated(text: str) -> str:
    """``text`` for the middle of a sentence, whose own direction it does not change."""
    clean = drawable(text)
    is_plain = all(unicodedata.bidirectional(character) not in {"R", "AL", "AN"} for character in clean)
    return clean if is_plain else f"{_ISOLATE}{clean}{_END}"


def _is_legal(character: str) -> bool:
    is_noncharacter = ord(character) & _NONCHARACTERS == _NONCHARACTERS
    return unicodedata.category(character) not in _UNSEEN and not is_noncharacter


def _directs(character: str) -> bool:
    return unicodedata.bidirectional(character) in _DIRECTIONS or character in _DIRECTION_MARKS
