"""Every table of accounts, a file each."""

from accounts.models.discarded_picture import DiscardedPicture
from accounts.models.email_change import EmailChange
from accounts.models.factors import (
    MAX_CHALLENGE_TRIES,
    AuthenticatorApp,
    ChallengePurpose,
    FactorChallenge,
    Passkey,
    RecoveryCode,
)
from accounts.models.one_time_code import MAX_CODE_TRIES, CodePurpose, OneTimeCode
from accounts.models.profile import LANGUAGE_TAG, Gender, Profile
from accounts.models.reset_link import ResetLink
from accounts.models.rights import (
    OPEN_DELETION,
    OPEN_EXPORT,
    Deletion,
    DeletionState,
    ExportJob,
    ExportPart,
    ExportState,
    Tombstone,
)
from accounts.models.security_event import EventKind, SecurityEvent, SecurityEventOrigin
from accounts.models.session import Session, SessionEnd, SignInMethod
from accounts.models.social import (
    LONGEST_EVENT_ID,
    LONGEST_SUBJECT,
    Identity,
    IdentityProvider,
    ProviderEvent,
    TokenRevocation,
)
from accounts.models.user import PHONE, Plan, User, UserManager, normalise_email

__all__ = [
    "LANGUAGE_TAG",
    "LONGEST_EVENT_ID",
    "LONGEST_SUBJECT",
    "MAX_CHALLENGE_TRIES",
    "MAX_CODE_TRIES",
    "OPEN_DELETION",
    "OPEN_EXPORT",
    "PHONE",
    "AuthenticatorApp",
    "ChallengePurpose",
    "CodePurpose",
    "Deletion",
    "DeletionState",
    "DiscardedPicture",
    "EmailChange",
    "EventKind",
    "ExportJob",
    "ExportPart",
    "ExportState",
    "FactorChallenge",
    "Gender",
    "Identity",
    "IdentityProvider",
    "OneTimeCode",
    "Passkey",
    "Plan",
    "Profile",
    "ProviderEvent",
    "RecoveryCode",
    "ResetLink",
    "SecurityEvent",
    "SecurityEventOrigin",
    "Session",
    "SessionEnd",
    "SignInMethod",
    "TokenRevocation",
    "Tombstone",
    "User",
    "UserManager",
    "normalise_email",
]
