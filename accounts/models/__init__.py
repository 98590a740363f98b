"""Every table of accounts, a file each."""

from accounts.models.email_change import EmailChange
from accounts.models.one_time_code import MAX_CODE_TRIES, CodePurpose, OneTimeCode
from accounts.models.profile import Gender, Profile
from accounts.models.reset_link import ResetLink
from accounts.models.security_event import EventKind, SecurityEvent, SecurityEventOrigin
from accounts.models.session import Session, SessionEnd, SignInMethod
from accounts.models.user import PHONE, Plan, User, UserManager, normalise_email

__all__ = [
    "MAX_CODE_TRIES",
    "PHONE",
    "CodePurpose",
    "EmailChange",
    "EventKind",
    "Gender",
    "OneTimeCode",
    "Plan",
    "Profile",
    "ResetLink",
    "SecurityEvent",
    "SecurityEventOrigin",
    "Session",
    "SessionEnd",
    "SignInMethod",
    "User",
    "UserManager",
    "normalise_email",
]
