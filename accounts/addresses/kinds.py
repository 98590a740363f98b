from accounts.addresses import mailing
from notifications.kinds import Kind, register
from notifications.vocabulary import NotificationType


def register_address_kinds(by_mail: tuple[str, ...]) -> None:
    """What is told about a change of address. The way back is mailed even if the account was closed meanwhile."""
    info, warning = NotificationType.INFO.value, NotificationType.WARNING.value
    register(
        Kind(
            mailing.CODE_KIND,
            info,
            "security",
            by_mail,
            critical=True,
            resolve_context=mailing.fresh_code,
            is_addressed=True,
        )
    )
    register(Kind(mailing.TAKEN_KIND, info, "security", by_mail, critical=True))
    register(
        Kind(
            mailing.CHANGED_KIND,
            warning,
            "security",
            by_mail,
            critical=True,
            resolve_context=mailing.fresh_revert_link,
            reaches_closed=True,
            is_addressed=True,
        )
    )
    register(Kind(mailing.REVERTED_KIND, warning, "security", by_mail, critical=True))
    register(Kind(mailing.REMOVED_KIND, warning, "security", by_mail, critical=True, is_addressed=True))
    register(
        Kind(mailing.MOVED_KIND, warning, "security", by_mail, critical=True, reaches_closed=True, is_addressed=True)
    )
