"""Signing in with a second factor, and by passkey alone."""

from typing import Any, cast

from rest_framework.request import Request

from accounts.events.device import device_named_by
from accounts.factors import challenges, proofs
from accounts.factors.active import Factor
from accounts.factors.errors import PasskeyInvalid
from accounts.factors.proofs import Proof
from accounts.factors.ways import passkeys, relying_party
from accounts.login.services import SignedIn, enter
from accounts.models import ChallengePurpose, SignInMethod, User


def finish(request: Request, token: str, proof: Proof) -> SignedIn:
    """The second step of a sign-in whose first was answered by ``second_factor_required`` with ``token``.

    Raises ChallengeInvalid, SecondFactorInvalid, PasskeyInvalid, TooManyRequests, and what the login door raises.
    """
    device = device_named_by(request)
    challenge = challenges.count_try(token, ChallengePurpose.SECOND_FACTOR, device=device)
    user = cast(User, challenge.user)  # The table lets no such challenge be nobody's.
    proofs.count(request, user, proof.factor)
    proofs.answer(challenge, user, token, proof)
    return enter(user=user, method=SignInMethod(challenge.method), device=device, has_second_factor=True)


def passkey_options(request: Request) -> dict[str, Any]:
    """What a browser is asked for a sign-in by passkey: any that it has for us, with a finger, a face or a PIN."""
    token = challenges.issue(ChallengePurpose.PASSKEY_SIGN_IN, device=device_named_by(request))
    return relying_party.sign_in_options(token, must_verify=True)


def by_passkey(request: Request, answer: dict[str, Any]) -> SignedIn:
    """Sign in by passkey. It counts for both factors: the device is one, and it has verified who holds it.

    Raises PasskeyInvalid, ChallengeInvalid, TooManyRequests, and what the login door raises.
    """
    device = device_named_by(request)
    asserted = relying_party.read_assertion(answer)
    challenge = challenges.count_try(asserted.token, ChallengePurpose.PASSKEY_SIGN_IN, device=device)
    challenges.use_up(challenge)
    passkey = passkeys.named_by(asserted)
    proofs.count(request, passkey.user, Factor.PASSKEY)
    try:
        passkeys.use(passkey, asserted, asserted.token, must_verify=True)
    except PasskeyInvalid as refused:
        proofs.keep_failure(passkey.user, Factor.PASSKEY, refused)
        raise
    return enter(user=passkey.user, method=SignInMethod.PASSKEY, device=device, has_second_factor=True)
