"""Which second factors a person has."""

from enum import StrEnum
from functools import lru_cache
from uuid import UUID

from django.db import connection

from accounts.models import AuthenticatorApp, Passkey, RecoveryCode


class Factor(StrEnum):
    TOTP = "totp"
    RECOVERY_CODE = "recovery_code"
    PASSKEY = "passkey"


def factors_of(user_id: UUID) -> list[Factor]:
    """What ``user_id`` can answer a challenge with now, in one query; empty for who has no second factor.

    Recovery codes stand in for a factor and are none by themselves.
    """
    with connection.cursor() as cursor:
        cursor.execute(_statement(), {"user": user_id})
        has_app, has_codes, has_passkey = cursor.fetchone()
    if not (has_app or has_passkey):
        return []
    return [factor for factor, is_there in zip(Factor, (has_app, has_codes, has_passkey), strict=True) if is_there]


def has_second_factor(user_id: UUID) -> bool:
    return bool(factors_of(user_id))


@lru_cache(maxsize=1)
def _statement() -> str:
    """Every sign-in and most refreshes ask this, so it is written once and not composed by the ORM each time."""
    asked = (
        (AuthenticatorApp, "confirmed_at IS NOT NULL"),
        (RecoveryCode, "used_at IS NULL"),
        (Passkey, "TRUE"),
    )
    exist = (
        f"EXISTS (SELECT FROM {model._meta.db_table} WHERE user_id = %(user)s AND {which})" for model, which in asked
    )
    return f"SELECT {', '.join(exist)}"
