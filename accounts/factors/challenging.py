"""What a person with a second factor is asked: after the first proof was right, or before a dear act."""

from typing import Any

from accounts.events.device import Device
from accounts.factors import challenges
from accounts.factors.active import Factor, factors_of
from accounts.factors.ways import relying_party
from accounts.models import ChallengePurpose, Passkey, SignInMethod, User


def challenge_for(user: User, device: Device, method: SignInMethod | None = None) -> dict[str, Any]:
    """The members ``challenge`` (opaque, for one answer within five minutes), ``factors`` and, where there are some,
    ``passkey``: the options for ``navigator.credentials.get``.

    ``method`` is the first proof of a sign-in; without it the challenge proves the factor in a session that is there.
    """
    purpose = ChallengePurpose.SECOND_FACTOR if method else ChallengePurpose.FACTOR_PROOF
    factors = factors_of(user.pk)
    token = challenges.issue(purpose, device=device, user=user, method=method)
    asked: dict[str, Any] = {"challenge": token, "factors": [factor.value for factor in factors]}
    if Factor.PASSKEY in factors:
        passkeys = Passkey.objects.filter(user=user).order_by("created_at")
        asked["passkey"] = relying_party.sign_in_options(token, passkeys, must_verify=False)
    return asked
