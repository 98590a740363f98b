"""Secrets that we must be able to read again, such as a provider's token: sealed, so that a dump shows none."""

from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class CannotUnseal(Exception):
    """Sealed with a key that is no longer among ours, or damaged."""


def seal(text: str) -> bytes:
    """``text`` as only a holder of ``DATA_KEYS`` can read it; the first key seals."""
    return _keys(tuple(settings.DATA_KEYS)).encrypt(text.encode())


def unseal(sealed: bytes) -> str:
    """What was given to ``seal``, under any of ``DATA_KEYS``. Raises CannotUnseal."""
    try:
        return _keys(tuple(settings.DATA_KEYS)).decrypt(bytes(sealed)).decode()
    except InvalidToken:
        raise CannotUnseal from None


@lru_cache(maxsize=4)
def _keys(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])
