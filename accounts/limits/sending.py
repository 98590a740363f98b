"""How much mail, and how many texts, strangers may cause."""

from contextlib import suppress

from accounts.limits.rates import ASKED, MAILED, MAILED_TO_ALL, TEXTED_A_DAY, TEXTED_TO_ALL
from numerai.common.errors import TooManyRequests
from numerai.common.throttling import hit

GMAIL = ("gmail.com", "googlemail.com")


def ask_for_code(address: str) -> None:
    """Count one wish for a code for ``address``, known or not; TooManyRequests past one a minute or five an hour."""
    for limit in ASKED:
        hit(limit, mailbox_of(address))


def may_mail(address: str, *, is_awaited: bool = True) -> bool:
    """Count one mail or text to ``address``; False past one a minute or five an hour to its mailbox, or past
    ``may_send_to_all``: then nothing may be sent.

    For answers that must not tell: whoever asks for a code right afterwards is told to wait. Where no mail will leave
    (``is_awaited`` is False) as much is counted, in books of its own.
    """
    book = "" if is_awaited else "nobody|"
    mailbox = mailbox_of(address)
    with suppress(TooManyRequests):
        ask_for_code(address)
    try:
        for limit in MAILED:
            hit(limit, f"{book}{mailbox}")
    except TooManyRequests:
        return False
    return may_send_to_all(address, book=book)


def may_send_to_all(address: str, *, book: str = "") -> bool:
    """Count one mail or text to ``address`` among all that strangers cause; False past what may leave in an hour, or
    past ten texts a day to one number."""
    try:
        if "@" not in address:
            hit(TEXTED_A_DAY, f"{book}{address}")
        hit(MAILED_TO_ALL if "@" in address else TEXTED_TO_ALL, f"{book}everybody")
    except TooManyRequests:
        return False
    return True


def mailbox_of(address: str) -> str:
    """``address`` without its +tag: most providers put mail to every tag into one mailbox. Gmail does so with dots, and
    has two domains."""
    local, at, domain = address.rpartition("@")
    untagged = local.partition("+")[0] or local
    if domain in GMAIL:
        return f"{untagged.replace('.', '')}@{GMAIL[0]}"
    return f"{untagged}{at}{domain}"
