"""Production refuses to start half configured, and every contradiction has a check with an id."""

import base64
import os
import subprocess
import sys
from collections.abc import Mapping

import pytest
from django.conf import settings
from django.core.checks import run_checks
from pytest_django import Settings

COMPLETE = {
    "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz-0123456789-abcdefghijklmnop",
    "JWT_SIGNING_KEYS": "j" * 64,
    "DATA_KEYS": base64.urlsafe_b64encode(b"d" * 32).decode(),
    "STRIPE_SECRET_KEY": "sk_live_0123456789",
    "STRIPE_WEBHOOK_SECRET": "whsec_new,whsec_old",
    "STRIPE_PRICE_ID_BASIC": "price_1",
    "STRIPE_PRICE_ID_PREMIUM": "price_2",
    "STRIPE_PRICE_ID_ELITE": "price_3",
    "ALLOWED_HOSTS": "api.numerai.example",
    "CORS_ALLOWED_ORIGINS": "https://app.numerai.example",
    "FRONTEND_URL": "https://app.numerai.example",
    "API_URL": "https://api.numerai.example",
    "DEFAULT_FROM_EMAIL": "NumerAI <hello@numerai.example>",
    "DATABASE_URL": "postgresql://numerai:secret@db.internal/numerai",
    "REDIS_URL": "redis://redis.internal:6379/0",
    "EMAIL_URL": "smtp+tls://user:secret@mail.internal:587",
}


def start(
    environment: Mapping[str, str], code: str = "import django; django.setup()"
) -> "subprocess.CompletedProcess[str]":
    keep = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-c", code],
        env={**keep, **environment, "DJANGO_SETTINGS_MODULE": "numerai.settings.production"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_production_starts_with_everything_set() -> None:
    result = start(COMPLETE)
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("name", sorted(COMPLETE))
def test_production_names_the_variable_that_is_missing(name: str) -> None:
    result = start({**COMPLETE, name: " "})
    assert result.returncode != 0
    assert f"Set {name}: production does not start without it." in result.stderr


def test_the_error_reporter_is_given_no_local_variables_and_no_bodies() -> None:
    shown = start(
        {**COMPLETE, "SENTRY_DSN": "https://key@sentry.invalid/1"},
        "import django; django.setup(); import sentry_sdk; options = sentry_sdk.get_client().options;"
        "print(*(options[name] for name in ('include_local_variables', 'max_request_body_size')),"
        "options['before_send'].__name__, options['data_collection']['user_info'])",
    ).stdout
    assert shown == "False never without_words False\n"


def test_production_never_accepts_webhooks_of_any_age() -> None:
    result = start({**COMPLETE, "STRIPE_WEBHOOK_TOLERANCE_SECONDS": "0"})
    assert result.returncode != 0
    assert "0 would accept events of any age" in result.stderr


def test_production_bounds_what_the_database_may_take() -> None:
    shown = start(
        {**COMPLETE, "DATABASE_URL": "postgresql://u:p@db/numerai?sslmode=require"},
        "from django.conf import settings; print(settings.DATABASES['default']['OPTIONS'])",
    ).stdout
    assert "'connect_timeout': 3" in shown
    assert "-c statement_timeout=30s" in shown
    assert "'sslmode': 'require'" in shown


def test_the_deployment_check_is_clean() -> None:
    keep = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    company = {"COMPANY_ADDRESS": "Example Street 5|10115 Berlin", "COMPANY_EMAIL": "billing@numerai.example"}
    result = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        env={**keep, **COMPLETE, **company, "DJANGO_SETTINGS_MODULE": "numerai.settings.production"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize(
    ("name", "value", "check"),
    [
        ("CORS_ALLOWED_ORIGINS", ["*"], "common.E001"),
        ("CORS_ALLOWED_ORIGINS", ["https://app.example.com/path"], "common.E001"),
        ("CORS_ALLOWED_ORIGINS", ["app.example.com"], "common.E001"),
        ("CORS_ALLOW_ALL_ORIGINS", True, "common.E001"),
        ("STRIPE_WEBHOOK_TOLERANCE_SECONDS", 0, "common.E002"),
        ("JWT_SIGNING_KEYS", [], "common.E003"),
        ("JWT_SIGNING_KEYS", ["j" * 64, "short"], "common.E003"),
        ("SECRET_KEY_FALLBACKS", settings.JWT_SIGNING_KEYS, "common.E003"),
        ("DATA_KEYS", [], "common.E006"),
        ("DATA_KEYS", ["no key at all"], "common.E006"),
    ],
)
def test_a_contradiction_has_a_check(settings: Settings, name: str, value: object, check: str) -> None:
    setattr(settings, name, value)
    assert check in {message.id for message in run_checks()}


def test_the_token_key_is_not_the_secret_key(settings: Settings) -> None:
    settings.JWT_SIGNING_KEYS = [*settings.JWT_SIGNING_KEYS, settings.SECRET_KEY]
    assert "common.E003" in {message.id for message in run_checks()}


def test_live_money_is_not_moved_with_debug_on_or_to_a_local_server(settings: Settings) -> None:
    settings.STRIPE_SECRET_KEY = "sk_live_0123456789"
    settings.DEBUG = True
    assert {"common.E004", "common.E005"} <= {message.id for message in run_checks()}


def test_the_settings_of_the_suite_are_sound() -> None:
    assert [message for message in run_checks() if (message.id or "").startswith("common.")] == []
