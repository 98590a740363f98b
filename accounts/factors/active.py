"""Which second factors a person has."""

from enum import StrEnum
from uuid import UUID

from django.db.models import Exists, OuterRef

from accounts.models import AuthenticatorApp, Passkey, RecoveryCode, User


class Factor(StrEnum):
    TOTP = "totp"
    RECOVERY_CODE = "recovery_code"
    PASSKEY = "passkey"


def factors_of(user_id: UUID) -> list[Factor]:
    """What ``user_id`` can answer a challenge with now, in one query; empty for who has no second factor.

    Recovery codes stand in for a factor and are none by themselves.
    """
    apps = AuthenticatorApp.objects.filter(user=OuterRef("pk"), confirmed_at__isnull=False)
    codes = RecoveryCode.objects.filter(user=OuterRef("pk"), used_at__isnull=True)
    passkeys = Passkey.objects.filter(user=OuterRef("pk"))
    has = User.objects.filter(id=user_id).values_list(Exists(apps), Exists(codes), Exists(passkeys)).first()
    if has is None or not (has[0] or has[2]):
        return []
    return [factor for factor, is_there in zip(Factor, has, strict=True) if is_there]


def has_second_factor(user_id: UUID) -> bool:
    return bool(factors_of(user_id))
