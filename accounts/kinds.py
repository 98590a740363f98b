"""What accounts tells people: all of it by mail, all of it about getting in, so none of it can be muted."""

from accounts.proof import mailing as proof
from accounts.registration.services import KNOWN_KIND
from accounts.unlocking.guarding import LOCKED_KIND
from accounts.unlocking.links import fresh_link
from accounts.unlocking.services import UNLOCK_KIND
from accounts.verification.mailing import CODE_KIND, fresh_code
from notifications.kinds import Kind, register
from notifications.vocabulary import ChannelName, NotificationType


def register_kinds() -> None:
    by_mail = (ChannelName.EMAIL.value,)
    info, warning = NotificationType.INFO.value, NotificationType.WARNING.value
    register(Kind(CODE_KIND, info, "security", by_mail, critical=True, resolve_context=fresh_code))
    register(Kind(proof.PROOF_KIND, info, "security", by_mail, critical=True, resolve_context=proof.fresh_code))
    for unlocks in (LOCKED_KIND, UNLOCK_KIND):
        register(Kind(unlocks, warning, "security", by_mail, critical=True, resolve_context=fresh_link))
    register(Kind(KNOWN_KIND, info, "security", by_mail, critical=True))
    register(Kind("accounts.token_reuse", warning, "security", by_mail, critical=True))
