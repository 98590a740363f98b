"""Recovery codes: ten on paper, each good for one time when the device is not at hand."""

import base64
import hashlib
import secrets
from uuid import UUID

from accounts.factors.errors import SecondFactorInvalid
from accounts.models import RecoveryCode, User
from numerai.common import clock

HOW_MANY = 10
RANDOM_BYTES = 10


def make(user: User) -> list[str]:
    """Ten new codes such as ``k3vq-m7ta-2xwd-p5hn``; those before no longer work. They are kept nowhere, only hashes.

    Call it in the transaction of what they are made for.
    """
    RecoveryCode.objects.filter(user=user).delete()
    plain = [base64.b32encode(secrets.token_bytes(RANDOM_BYTES)).decode().lower() for _ in range(HOW_MANY)]
    RecoveryCode.objects.bulk_create(RecoveryCode(user=user, code_hash=_hash(user.pk, code)) for code in plain)
    return ["-".join(code[at : at + 4] for at in range(0, len(code), 4)) for code in plain]


def spend(user: User, code: str) -> None:
    """Accept ``code`` of ``user``, once, however it is spelt. Raises SecondFactorInvalid."""
    bare = "".join(character for character in code.lower() if character.isalnum())
    unspent = RecoveryCode.objects.filter(user=user, code_hash=_hash(user.pk, bare), used_at__isnull=True)
    if not unspent.update(used_at=clock.now()):
        raise SecondFactorInvalid


def left(user_id: UUID) -> int:
    return RecoveryCode.objects.filter(user_id=user_id, used_at__isnull=True).count()


def _hash(user_id: UUID, code: str) -> bytes:
    """80 random bits are beyond searching, so no slow hash is needed; the id keeps equal codes apart."""
    return hashlib.sha256(f"{user_id}:{code}".encode()).digest()
