"""What a person can prove beside a password: an authenticator app, passkeys, recovery codes."""

from accounts.models.factors.authenticator_app import AuthenticatorApp
from accounts.models.factors.challenge import MAX_CHALLENGE_TRIES, ChallengePurpose, FactorChallenge
from accounts.models.factors.passkey import Passkey
from accounts.models.factors.recovery_code import RecoveryCode

__all__ = [
    "MAX_CHALLENGE_TRIES",
    "AuthenticatorApp",
    "ChallengePurpose",
    "FactorChallenge",
    "Passkey",
    "RecoveryCode",
]
