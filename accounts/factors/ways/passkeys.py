"""Passkeys as rows: added, found by what an answer names, and used."""

from accounts.factors.errors import FactorExists, PasskeyInvalid, TooManyPasskeys
from accounts.factors.ways import relying_party
from accounts.factors.ways.relying_party import Asserted, Registered
from accounts.models import Passkey, User
from numerai.common import clock

MOST = 20


def add(user: User, name: str, made: Registered) -> Passkey:
    """Keep the public half of a key pair. Call it with the row of ``user`` locked.

    Raises TooManyPasskeys, and FactorExists for one that is kept already, whoever's it is.
    """
    if Passkey.objects.filter(user=user).count() >= MOST:
        raise TooManyPasskeys
    passkey = Passkey(
        user=user,
        name=name,
        credential_id=made.credential_id,
        credential=made.credential,
        sign_count=made.sign_count,
        is_synced=made.is_synced,
        transports=made.transports,
    )
    Passkey.objects.bulk_create([passkey], ignore_conflicts=True)
    kept = Passkey.objects.filter(id=passkey.id).first()
    if kept is None:
        raise FactorExists
    return kept


def named_by(asserted: Asserted) -> Passkey:
    """The passkey that ``asserted`` says it is of, with its person loaded. Raises PasskeyInvalid."""
    passkey = Passkey.objects.select_related("user").filter(credential_id=asserted.credential_id).first()
    if passkey is None:
        raise PasskeyInvalid
    return passkey


def use(passkey: Passkey, asserted: Asserted, token: str, *, must_verify: bool) -> None:
    """Accept the answer. A count that did not grow means that a copy of the key is about, and is refused.

    Raises PasskeyInvalid; its ``reason`` is "sign_count" in that case.
    """
    count = relying_party.verify_assertion(passkey, asserted, token, must_verify=must_verify)
    same = Passkey.objects.filter(id=passkey.id)
    # Those that do not count always say 0. The comparison is the statement's, so that of two uses one counts.
    earlier = same.filter(sign_count__lt=count) if count else same.filter(sign_count=0)
    if not earlier.update(sign_count=count, last_used_at=clock.now()):
        raise PasskeyInvalid(reason="sign_count")
