"""Half a set-up stops the start."""

from typing import Any

import pytest
from django.core.checks import run_checks
from pytest_django import Settings

from accounts.social.protocol.checks import google_and_apple_are_set_up_whole
from dev.local_identity.world import CONFIGURED


def found(settings: Settings, **changes: Any) -> list[str]:
    for name, value in (CONFIGURED | changes).items():
        setattr(settings, name, value)
    return [str(error.id) for error in google_and_apple_are_set_up_whole()]


def test_nothing_and_everything_are_whole(settings: Settings) -> None:
    assert [error.id for error in google_and_apple_are_set_up_whole()] == []
    assert found(settings) == []
    assert not [error for error in run_checks() if str(error.id).startswith("accounts.E01")]


@pytest.mark.parametrize(
    ("changes", "ids"),
    [
        ({"GOOGLE_CLIENT_IDS": []}, ["accounts.E010"]),
        ({"GOOGLE_CLIENT_SECRET": ""}, []),
        ({"APPLE_CLIENT_IDS": []}, ["accounts.E011"]),
        ({"APPLE_TEAM_ID": ""}, ["accounts.E011"]),
        ({"APPLE_KEY_ID": ""}, ["accounts.E011"]),
        ({"APPLE_PRIVATE_KEY": ""}, ["accounts.E011"]),
        ({"APPLE_TEAM_ID": "", "APPLE_KEY_ID": "", "APPLE_PRIVATE_KEY": ""}, []),
        ({"APPLE_PRIVATE_KEY": "no key"}, ["accounts.E012"]),
        ({"SOCIAL_REDIRECT_URIS": []}, ["accounts.E013"]),
        ({"SOCIAL_REDIRECT_URIS": ["http://app.numerai.example/"]}, ["accounts.E013"]),
        ({"SOCIAL_REDIRECT_URIS": ["https://*.numerai.example/"]}, ["accounts.E013"]),
        ({"SOCIAL_REDIRECT_URIS": ["https://app.numerai.example/#here"]}, ["accounts.E013"]),
        ({"SOCIAL_REDIRECT_URIS": ["https:///path"]}, ["accounts.E013"]),
        ({"SOCIAL_REDIRECT_URIS": ["http://localhost:3000/auth/callback", "postmessage"]}, []),
        ({"GOOGLE_BASE_URL": "http://127.0.0.1:1"}, []),
        ({"GOOGLE_BASE_URL": "https://evil.example"}, ["accounts.E014"]),
        ({"APPLE_BASE_URL": "https://evil.example"}, ["accounts.E014"]),
    ],
)
def test_half_a_set_up_is_named(settings: Settings, changes: dict[str, Any], ids: list[str]) -> None:
    assert found(settings, **changes) == ids


def test_a_key_of_another_kind_is_none_of_apples(settings: Settings) -> None:
    from cryptography.hazmat.primitives import serialization as to

    from dev.local_identity.keys import signing_key

    pem = signing_key("stranger").private.private_bytes(to.Encoding.PEM, to.PrivateFormat.PKCS8, to.NoEncryption())
    assert found(settings, APPLE_PRIVATE_KEY=pem.decode()) == ["accounts.E012"]
