"""What accounts tells people: all of it by mail, all of it about getting in, so none of it can be muted."""

from accounts.addresses.kinds import register_address_kinds
from accounts.events import telling
from accounts.factors.telling import FACTOR_KINDS
from accounts.leaving import mailing as leaving
from accounts.passwords import mailing as passwords
from accounts.proof import mailing as proof
from accounts.registration.services import KNOWN_KIND, PHONE_KNOWN_KIND
from accounts.social.linking import LINKED_KIND, UNLINKED_KIND
from accounts.unlocking.guarding import LOCKED_KIND
from accounts.unlocking.links import fresh_link
from accounts.unlocking.services import PHONE_UNLOCK_KIND, UNLOCK_KIND
from accounts.verification.mailing import CODE_KIND, PHONE_CODE_KIND, fresh_code, fresh_phone_code
from notifications.kinds import Kind, register
from notifications.vocabulary import ChannelName, NotificationType


def register_kinds() -> None:
    _of_leaving()
    by_mail = (ChannelName.EMAIL.value,)
    info, warning = NotificationType.INFO.value, NotificationType.WARNING.value
    register(Kind(CODE_KIND, info, "security", by_mail, critical=True, resolve_context=fresh_code))
    for kind, fresh in (
        (passwords.CODE_KIND, passwords.fresh_code),
        (passwords.LINK_KIND, passwords.fresh_link),
    ):
        register(Kind(kind, info, "security", by_mail, critical=True, resolve_context=fresh))
    register(Kind(passwords.CHANGED_KIND, warning, "security", by_mail, critical=True))
    register_address_kinds(by_mail)
    register(Kind(proof.PROOF_KIND, info, "security", by_mail, critical=True, resolve_context=proof.fresh_code))
    by_text = (ChannelName.SMS.value,)
    register(Kind(PHONE_CODE_KIND, info, "security", by_text, critical=True, resolve_context=fresh_phone_code))
    register(Kind(PHONE_UNLOCK_KIND, info, "security", by_text, critical=True, resolve_context=fresh_link))
    register(Kind(PHONE_KNOWN_KIND, info, "security", by_text, critical=True))
    for unlocks in (LOCKED_KIND, UNLOCK_KIND):
        register(Kind(unlocks, warning, "security", by_mail, critical=True, resolve_context=fresh_link))
    register(Kind(KNOWN_KIND, info, "security", by_mail, critical=True))
    for happened in (telling.NEW_DEVICE_KIND, telling.SIGNED_OUT_KIND):
        register(Kind(happened, warning, "security", by_mail, critical=True))
    register(Kind("accounts.token_reuse", warning, "security", by_mail, critical=True))
    for links in (LINKED_KIND, UNLINKED_KIND):
        register(Kind(links, warning, "security", by_mail, critical=True))
    for factors in FACTOR_KINDS:
        register(Kind(factors, warning, "security", by_mail, critical=True))


def _of_leaving() -> None:
    info, mail, text = NotificationType.INFO.value, (ChannelName.EMAIL.value,), (ChannelName.SMS.value,)
    for name, channels in ((leaving.ASKED_KIND, mail), (leaving.PHONE_ASKED_KIND, text)):
        register(Kind(name, info, "security", channels, True, leaving.fresh_link, reaches_closed=True))
    register(Kind("accounts.export_ready", info, "security", mail, critical=True))
    register(Kind(leaving.UNDONE_KIND, info, "security", mail, critical=True))
    register(Kind(leaving.STUCK_KIND, NotificationType.ERROR.value, "operations", mail, critical=True, for_staff=True))
