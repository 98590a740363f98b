import pytest
from pytest_django import Settings

from accounts.factors.checks import passkeys_belong_to_the_frontend, the_admin_asks_for_a_second_factor
from numerai.tests.test_settings import COMPLETE, start


@pytest.mark.parametrize(
    ("domain", "origins"),
    [
        ("example.com", ["https://example.com", "https://app.example.com"]),
        ("localhost", ["http://localhost:3000"]),
        ("app.example.com", ["https://app.example.com:8443"]),
    ],
)
def test_settings_that_browsers_accept(settings: Settings, domain: str, origins: list[str]) -> None:
    settings.PASSKEY_RP_ID, settings.PASSKEY_ORIGINS = domain, origins
    assert passkeys_belong_to_the_frontend() == []


@pytest.mark.parametrize(
    ("domain", "origins"),
    [
        ("example.com", []),
        ("", ["https://example.com"]),
        ("app.example.com", ["https://example.com"]),
        ("example.com", ["https://badexample.com"]),
        ("example.com", ["http://example.com"]),
        ("example.com", ["https://example.com/"]),
        ("example.com", ["https://example.com", "ftp://example.com"]),
        ("127.0.0.1", ["http://127.0.0.1:3000"]),
    ],
)
def test_settings_that_browsers_refuse(settings: Settings, domain: str, origins: list[str]) -> None:
    settings.PASSKEY_RP_ID, settings.PASSKEY_ORIGINS = domain, origins
    assert [error.id for error in passkeys_belong_to_the_frontend()] == ["accounts.E003"]


def test_an_admin_without_it_is_not_deployed(settings: Settings) -> None:
    assert the_admin_asks_for_a_second_factor() == []
    settings.ADMIN_SECOND_FACTOR = False
    assert [error.id for error in the_admin_asks_for_a_second_factor()] == ["accounts.E004"]


def test_production_does_not_let_it_be_switched_off() -> None:
    shown = start(
        {**COMPLETE, "ADMIN_SECOND_FACTOR": "0"},
        "from django.conf import settings;"
        "print(settings.ADMIN_SECOND_FACTOR, settings.PASSKEY_RP_ID, *settings.PASSKEY_ORIGINS)",
    ).stdout
    assert shown == "True app.numerai.example https://app.numerai.example\n"
