from datetime import timedelta

import pytest
from pytest_django import Settings

from accounts.checks import codes_are_short_lived, sessions_outlive_their_tokens


def test_the_settings_agree() -> None:
    assert sessions_outlive_their_tokens() == codes_are_short_lived() == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ACCESS_TOKEN_LIFETIME", timedelta(hours=1)),
        ("ACCESS_TOKEN_LIFETIME", timedelta(0)),
        ("SESSION_IDLE_LIFETIME", timedelta(minutes=5)),
        ("SESSION_ABSOLUTE_LIFETIME", timedelta(days=1)),
    ],
)
def test_lifetimes_that_contradict_one_another_are_found(settings: Settings, name: str, value: timedelta) -> None:
    setattr(settings, name, value)
    assert [error.id for error in sessions_outlive_their_tokens()] == ["accounts.E001"]


@pytest.mark.parametrize("lifetime", [timedelta(days=1), timedelta(seconds=10)])
def test_codes_that_live_too_long_or_too_short_are_found(settings: Settings, lifetime: timedelta) -> None:
    settings.ONE_TIME_CODE_LIFETIME = lifetime
    assert [error.id for error in codes_are_short_lived()] == ["accounts.E002"]
