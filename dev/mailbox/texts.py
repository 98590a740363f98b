"""Texts to phones as mails, so that both are read on one page: the API of Twilio as far as the product speaks it."""

from email.message import EmailMessage
from email.utils import localtime
from urllib.parse import parse_qs

SENDER = "texts@localhost"


def as_mail(form: bytes) -> tuple[str, bytes] | None:
    """The recipient and the mail that shows a text; None for a form without a number or words."""
    fields = parse_qs(form.decode("utf-8", "replace"))
    number, words = fields.get("To", [""])[0], fields.get("Body", [""])[0]
    if not number or not words:
        return None
    recipient = f"{number}@phone.localhost"
    mail = EmailMessage()
    mail["From"] = SENDER
    mail["To"] = recipient
    mail["Subject"] = f"Text to {number}"
    mail["Date"] = localtime()
    mail.set_content(words)
    return recipient, mail.as_bytes()
