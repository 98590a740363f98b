from datetime import timedelta

import pytest
from pytest_django import Settings

from accounts.checks import (
    codes_are_short_lived,
    languages_are_tags,
    sessions_outlive_their_tokens,
    sign_ups_can_be_verified,
    wishes_are_fulfilled_within_the_month,
)


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


@pytest.mark.parametrize(
    ("days", "kept", "is_fine"), [(30, 7, True), (1, 1, True), (31, 7, False), (0, 7, False), (30, 0, False)]
)
def test_wishes_are_fulfilled_within_the_month(settings: Settings, days: int, kept: int, is_fine: bool) -> None:
    settings.DELETION_GRACE_DAYS, settings.EXPORT_FILE_DAYS = days, kept
    assert [each.id for each in wishes_are_fulfilled_within_the_month()] == ([] if is_fine else ["accounts.E009"])


@pytest.mark.parametrize(
    ("offered", "is_fine"),
    [
        (["en"], True),
        (["en", "pt-BR", "zh-Hant-TW"], True),
        ([], False),
        (["English language"], False),
        (["en_US"], False),
    ],
)
def test_languages_are_tags(settings: Settings, offered: list[str], is_fine: bool) -> None:
    settings.LANGUAGES_OFFERED = offered
    assert [each.id for each in languages_are_tags()] == ([] if is_fine else ["accounts.E020"])


@pytest.mark.parametrize(("days", "is_fine"), [(30, True), (1, True), (0, False), (-1, False)])
def test_there_is_time_to_verify_a_sign_up(settings: Settings, days: int, is_fine: bool) -> None:
    settings.UNVERIFIED_SIGN_UP_DAYS = days
    assert [each.id for each in sign_ups_can_be_verified()] == ([] if is_fine else ["accounts.E021"])
