"""What a person answers a challenge with, and how often they may."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from rest_framework.request import Request

from accounts.events import EventKind, record
from accounts.factors import challenges, telling
from accounts.factors.active import Factor
from accounts.factors.errors import PasskeyInvalid, SecondFactorInvalid
from accounts.factors.ways import passkeys, recovery, relying_party, totp
from accounts.models import FactorChallenge, User
from notifications.services import notify
from numerai.common.errors import TooManyRequests
from numerai.common.http.client_ip import network_of
from numerai.common.throttling import DAY, Limit, hit
from numerai.common.throttling import count as count_use

# Together with the caller's network, so that nobody uses up somebody else's tries from elsewhere.
OF_ACCOUNT = Limit("accounts.factor_of_account", times=10, seconds=900, fails_closed=True)
# From everywhere together, for what can be guessed: six digits. Recovery codes and passkeys still open the door.
DIGITS_FROM_ANYWHERE = Limit("accounts.factor_digits_from_anywhere", times=30, seconds=3600, fails_closed=True)
GUESSES_TOLD = Limit("accounts.factor_guesses_told", times=1, seconds=DAY, fails_closed=True)


@dataclass(frozen=True, repr=False)
class Proof:
    """One of the three: six digits, a recovery code, or what the browser made of a passkey."""

    code: str = ""
    recovery_code: str = ""
    passkey: dict[str, Any] | None = None

    @property
    def factor(self) -> Factor:
        if self.code:
            return Factor.TOTP
        return Factor.RECOVERY_CODE if self.recovery_code else Factor.PASSKEY


def count(request: HttpRequest | Request, user: User, factor: Factor) -> None:
    """Count one answer before it is looked at. Raises TooManyRequests."""
    hit(OF_ACCOUNT, f"{user.pk}|{network_of(request)}")
    if factor is Factor.TOTP:
        use = count_use(DIGITS_FROM_ANYWHERE, str(user.pk))
        if use.number > DIGITS_FROM_ANYWHERE.times:
            _tell_of_guesses(user)
            raise TooManyRequests(retry_after=use.seconds_left)


def answer(challenge: FactorChallenge, user: User, token: str, proof: Proof) -> None:
    """Use up ``challenge``, which is ``token``, by ``proof`` of ``user``: both or neither.

    Of parallel answers one gets through. Raises ChallengeInvalid, and for a wrong proof SecondFactorInvalid or
    PasskeyInvalid, which stays on record; call it outside of any transaction.
    """
    try:
        with transaction.atomic():
            challenges.use_up(challenge)
            spend(user, proof, token)
    except (SecondFactorInvalid, PasskeyInvalid) as refused:
        keep_failure(user, proof.factor, refused)
        raise


def spend(user: User, proof: Proof, token: str = "") -> None:
    """Accept ``proof``, once. Raises SecondFactorInvalid or PasskeyInvalid."""
    if proof.code:
        totp.spend(user, proof.code)
    elif proof.recovery_code:
        recovery.spend(user, proof.recovery_code)
        _tell_of_recovery(user)
    else:
        asserted = relying_party.read_assertion(proof.passkey or {})
        passkey = passkeys.named_by(asserted)
        if passkey.user_id != user.pk:
            raise PasskeyInvalid
        passkeys.use(passkey, asserted, token, must_verify=False)


def keep_failure(user: User, factor: Factor, refused: SecondFactorInvalid | PasskeyInvalid) -> None:
    """On record, after whatever was rolled back."""
    reason = refused.reason if isinstance(refused, PasskeyInvalid) else "wrong_or_spent"
    record(EventKind.FACTOR_FAILED, user_id=user.pk, details={"factor": factor.value, "reason": reason})


def _tell_of_guesses(user: User) -> None:
    """Whoever guesses digits has given the first proof before, so a secret of the person is out."""
    if count_use(GUESSES_TOLD, str(user.pk)).number <= GUESSES_TOLD.times:
        with transaction.atomic():
            notify(user=user, kind=telling.GUESSED, context={}, action_url="/")


def _tell_of_recovery(user: User) -> None:
    left = recovery.left(user.pk)
    record(EventKind.RECOVERY_CODE_USED, user_id=user.pk, details={"left": left})
    notify(user=user, kind=telling.CODE_USED, context={"left": left}, action_url="/")
