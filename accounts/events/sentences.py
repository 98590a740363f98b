"""What happened, in the words that a person reads in their list of events."""

from accounts.models.security_event import EventKind, SecurityEvent

SENTENCES = {
    EventKind.SIGN_UP: "You signed up.",
    EventKind.ADDRESS_VERIFIED: "You confirmed that your address is yours.",
    EventKind.SIGN_IN: "You signed in.",
    EventKind.SIGN_IN_FAILED: "An attempt to sign in to your account failed.",
    EventKind.SIGN_IN_LIMITED: "There were too many attempts to sign in to your account, so we slowed them down.",
    EventKind.SIGN_IN_UNLOCKED: "You opened sign-in again by the link that we sent you.",
    EventKind.TOKEN_REUSED: "An old key to one of your sessions was used again, so we ended that session.",
    EventKind.SESSION_ENDED: "A session was ended.",
    EventKind.ALL_SESSIONS_ENDED: "Your sessions were ended.",
    EventKind.PASSWORD_SET: "You chose a password for the first time.",
    EventKind.PASSWORD_CHANGED: "Your password was changed.",
    EventKind.PASSWORD_RESET_ASKED: "Somebody, probably you, asked for a new password.",
    EventKind.PASSWORD_RESET: "Your password was reset.",
    EventKind.EMAIL_CHANGE_ASKED: "You asked to change your e-mail address.",
    EventKind.EMAIL_CHANGED: "Your e-mail address was changed.",
    EventKind.EMAIL_CHANGE_REVERTED: "The change of your e-mail address was taken back.",
    EventKind.PHONE_CHANGED: "Your phone number was changed.",
    EventKind.FACTOR_ADDED: "A second step was added to your sign-in.",
    EventKind.FACTOR_REMOVED: "A second step was removed from your sign-in.",
    EventKind.FACTOR_FAILED: "The second step of a sign-in failed after the first one was right.",
    EventKind.RECOVERY_CODE_USED: "You used one of your recovery codes.",
    EventKind.RECOVERY_CODES_MADE: "New recovery codes were made.",
    EventKind.IDENTITY_LINKED: "A Google or Apple account was linked to yours.",
    EventKind.IDENTITY_UNLINKED: "A Google or Apple account was unlinked from yours.",
    EventKind.PROVIDER_TOLD: "Google or Apple told us of a change to the account that you sign in with.",
    EventKind.ROLE_CHANGED: "What you may do as a member of our team was changed.",
    EventKind.OPERATOR_LOOKED: "A member of our team looked at your account.",
    EventKind.OPERATOR_CHANGED: "A member of our team changed something in your account.",
    EventKind.EXPORTED: "Your data was exported.",
    EventKind.DELETION_ASKED: "You asked us to delete your account.",
    EventKind.DELETION_UNDONE: "You kept your account after all.",
    EventKind.ERASED: "Your account was erased.",
    EventKind.CODE_REFUSED: "A code that we sent you was entered wrongly.",
    EventKind.DENIED: "You asked for something that your account may not do.",
}
BY = {
    "google": "with Google",
    "apple": "with Apple",
    "passkey": "with a passkey",
    "code": "with a code that we sent you",
}


def sentence(event: SecurityEvent) -> str:
    kind = EventKind(event.kind)
    if kind is EventKind.SIGN_IN and (by := BY.get(event.details.get("method", ""))):
        return f"You signed in {by}."
    return SENTENCES[kind]
