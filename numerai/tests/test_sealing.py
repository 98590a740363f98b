import pytest
from cryptography.fernet import Fernet
from pytest_django import Settings

from numerai.common.sealing import CannotUnseal, seal, unseal

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


def test_what_is_sealed_shows_nothing_and_comes_back(settings: Settings) -> None:
    settings.DATA_KEYS = [OLD]
    sealed = seal("a refresh token of Apple's")
    assert b"Apple" not in sealed
    assert unseal(memoryview(sealed).tobytes()) == "a refresh token of Apple's"
    assert seal("a refresh token of Apple's") != sealed


def test_a_new_key_seals_and_the_old_one_still_opens(settings: Settings) -> None:
    settings.DATA_KEYS = [OLD]
    sealed = seal("before")
    settings.DATA_KEYS = [NEW, OLD]
    assert unseal(sealed) == "before"
    fresh = seal("after")
    settings.DATA_KEYS = [NEW]
    assert unseal(fresh) == "after"
    with pytest.raises(CannotUnseal):
        unseal(sealed)


def test_a_flipped_byte_is_noticed(settings: Settings) -> None:
    settings.DATA_KEYS = [NEW]
    sealed = bytearray(seal("text"))
    sealed[20] ^= 1
    with pytest.raises(CannotUnseal):
        unseal(bytes(sealed))
