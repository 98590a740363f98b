"""What accounts tells people: all of it by mail, all of it about getting in, so none of it can be muted."""

from accounts.registration.services import KNOWN_KIND
from accounts.verification.mailing import CODE_KIND, fresh_code
from notifications.kinds import Kind, register
from notifications.vocabulary import ChannelName, NotificationType


def register_kinds() -> None:
    by_mail = (ChannelName.EMAIL.value,)
    info, warning = NotificationType.INFO.value, NotificationType.WARNING.value
    register(Kind(CODE_KIND, info, "security", by_mail, critical=True, resolve_context=fresh_code))
    register(Kind(KNOWN_KIND, info, "security", by_mail, critical=True))
    register(Kind("accounts.token_reuse", warning, "security", by_mail, critical=True))
