from numerai.common.errors import Conflict, DomainError


class SecondFactorInvalid(DomainError):
    """The same for a wrong and for a spent code, and for a passkey that is not the person's."""

    status, code, title = 400, "second_factor_invalid", "Second factor not accepted"
    detail = "That is not right, or was used already. Wait for the next code, or use another way."


class ChallengeInvalid(DomainError):
    """Also for one that belongs to another person, device or purpose."""

    status, code, title = 400, "challenge_invalid", "Start again"
    detail = "This took too long, was tried too often or is already done. Please start again."


class PasskeyInvalid(DomainError):
    """``reason`` is for the record and is not told."""

    status, code, title = 400, "passkey_invalid", "Passkey not accepted"
    detail = "That passkey was not accepted. Please try again, or sign in another way."

    def __init__(self, *, reason: str = "not_accepted") -> None:
        super().__init__()
        self.reason = reason


class FactorProofRequired(DomainError):
    """What asks for a fresh proof asks whoever has a second factor for that one as well. ``challenge``, ``factors`` and
    ``passkey`` are members of the answer, for ``auth/factors/proof/``."""

    status, code, title = 403, "factor_proof_required", "Confirm with your second factor"
    detail = "Please confirm with your second factor first."


class FactorExists(Conflict):
    code = "factor_exists"
    detail = "That is set up already. Remove it first to set it up anew."


class NoSecondFactor(Conflict):
    code = "no_second_factor"
    detail = "Recovery codes come with an authenticator app or a passkey. Set one of these up first."


class TooManyPasskeys(Conflict):
    code = "too_many_passkeys"
    detail = "You have as many passkeys as an account can hold. Remove one first."
