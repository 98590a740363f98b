"""An account that nobody has proved to be theirs goes to the owner of its address, without anything a stranger left."""

from accounts.models import (
    AuthenticatorApp,
    EmailChange,
    FactorChallenge,
    Identity,
    OneTimeCode,
    Passkey,
    Profile,
    RecoveryCode,
    ResetLink,
    SessionEnd,
    User,
)
from accounts.profiles.services import update_profile
from accounts.sessions import end_all_sessions
from numerai.common import clock

# Everything by which whoever was there before could come back.
KEYS = (
    OneTimeCode,
    ResetLink,
    EmailChange,
    AuthenticatorApp,
    Passkey,
    RecoveryCode,
    FactorChallenge,
    Identity,
)
DETAILS = ("date_of_birth", "gender", "timezone", "location", "bio")


def hand_over(user: User, *, full_name: str) -> None:
    """Give ``user``, whose row the caller has locked, to whom the provider says the address belongs.

    A stranger may have made the account and kept a password, a session, codes, a pending change of address, factors:
    all of it is gone afterwards. What they wrote about themselves goes too, unless somebody has been in before: then it
    is the owner's, and only the address has changed since.
    """
    has_been_in = user.has_been_in
    for keys in KEYS:
        keys._default_manager.filter(user=user).delete()
    end_all_sessions(user=user, reason=SessionEnd.IDENTITY_CHANGE)
    user.set_unusable_password()
    user.email_verified_at = clock.now()
    user.phone = user.phone_verified_at = None
    user.save(update_fields=["password", "email_verified_at", "phone", "phone_verified_at"])
    if not has_been_in:
        blank = Profile()
        details = {name: getattr(blank, name) for name in DETAILS}
        update_profile(user_id=user.pk, changes=details | {"full_name": full_name, "profile_completed_at": None})
        user.full_name = full_name
