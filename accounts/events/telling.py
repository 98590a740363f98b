"""Which events a person is told of, and by which kind of notification.

Whoever records an event tells of it in the same transaction; what belongs to no act of anybody else is told here. What
is in neither table is not told: the person has just done it, or nobody is there any more.
"""

from accounts.events.words import parts
from accounts.models import EventKind, SecurityEvent, SecurityEventOrigin, User
from notifications.services import notify

NEW_DEVICE_KIND = "accounts.new_device"
SIGNED_OUT_KIND = "accounts.signed_out_by_us"
LOOKED_BACK_AT = 200

TOLD = {
    EventKind.TOKEN_REUSED: "accounts.token_reuse",
    EventKind.PASSWORD_SET: "accounts.password_changed",
    EventKind.PASSWORD_CHANGED: "accounts.password_changed",
    EventKind.PASSWORD_RESET: "accounts.password_changed",
    EventKind.EMAIL_CHANGED: "accounts.email_changed",
    EventKind.EMAIL_CHANGE_REVERTED: "accounts.email_change_reverted",
    EventKind.FACTOR_ADDED: "accounts.factor_added",
    EventKind.RECOVERY_CODE_USED: "accounts.recovery_code_used",
    EventKind.RECOVERY_CODES_MADE: "accounts.recovery_codes_made",
    EventKind.IDENTITY_UNLINKED: "accounts.identity_unlinked",
    EventKind.DELETION_ASKED: "accounts.deletion_asked",
    EventKind.DELETION_UNDONE: "accounts.deletion_undone",
}
TOLD_SOMETIMES = {
    EventKind.SIGN_IN: (NEW_DEVICE_KIND,),
    EventKind.SIGN_IN_LIMITED: ("accounts.sign_in_limited",),
    EventKind.ALL_SESSIONS_ENDED: (SIGNED_OUT_KIND,),
    EventKind.PASSWORD_RESET_ASKED: ("accounts.password_reset_code", "accounts.password_reset_link"),
    EventKind.FACTOR_FAILED: ("accounts.factor_guessed",),
    EventKind.FACTOR_REMOVED: ("accounts.factor_removed", "accounts.factors_reset"),
    EventKind.IDENTITY_LINKED: ("accounts.identity_linked",),
    EventKind.EXPORTED: ("accounts.export_ready",),
}


def tell_of_sign_in(user: User, event: SecurityEvent) -> None:
    """Tell ``user`` of a sign-in by a device on a network that together were never seen before, unless it is the first
    sign-in of all: whoever has just signed up knows."""
    origin = getattr(event, "origin", None)
    if origin is None:
        return
    seen = {
        (parts(device), address)
        for device, address in SecurityEventOrigin.objects.filter(
            event__user_id=user.pk, event__kind=EventKind.SIGN_IN, event_id__lt=event.pk
        )
        .order_by("-event_id")
        .values_list("device", "address")[:LOOKED_BACK_AT]
    }
    browser, system = parts(origin.device)
    if seen and ((browser, system), origin.address) not in seen:
        context = {"browser": browser, "system": system, "moment": event.at.isoformat()}
        notify(user=user, kind=NEW_DEVICE_KIND, context=context, action_url="/")


def tell_of_signing_out(user: User) -> None:
    """Tell ``user`` that a member of our team has ended their sessions."""
    notify(user=user, kind=SIGNED_OUT_KIND, context={}, action_url="/")
