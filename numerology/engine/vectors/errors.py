from __future__ import annotations


class VectorError(ValueError):
    """A vector that cannot be evaluated; the message is a sentence for the one who wrote it."""
