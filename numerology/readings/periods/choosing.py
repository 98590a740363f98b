"""Which of several texts a person is given: each has its turn, and nothing is left to chance."""

from collections.abc import Callable
from hashlib import blake2b
from uuid import UUID

Chooser = Callable[[str, tuple[str, ...]], str]


def chooser(*, person: UUID, version: int, turn: int) -> Chooser:
    """``choose(field, texts)`` answers one of the texts.

    Where a person begins among the texts of a ``field`` is theirs alone; from there on ``turn``, which counts the
    periods, goes round. So the same person and period are always given the same, and no two periods in a row are.
    """

    def choose(field: str, texts: tuple[str, ...]) -> str:
        # A key of its own for each person keeps one reading from telling anything about another's.
        digest = blake2b(f"{version}|{field}".encode(), key=person.bytes, digest_size=8).digest()
        return texts[(int.from_bytes(digest) + turn) % len(texts)]

    return choose
