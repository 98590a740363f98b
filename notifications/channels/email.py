"""E-mail through Django's configured backend: one recipient a message, so that one refusal is one delivery's."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from notifications import rendering
from notifications.channels.base import DeliveryError, ErrorClass, Letter, Plan, Recipient, Sent
from notifications.kinds import Kind
from notifications.vocabulary import DeliveryStatus, Reason

MESSAGE_TOO_LARGE = 552


class Email:
    def plan(self, recipient: Recipient, kind: Kind) -> tuple[Plan, ...]:
        if not recipient.email:
            return (Plan(status=DeliveryStatus.SKIPPED, reason=Reason.NO_DESTINATION),)
        # Codes must reach an address before it is verified; nothing else may.
        if recipient.email_verified_at is None and not kind.critical:
            return (Plan(recipient.email, DeliveryStatus.SKIPPED, Reason.UNVERIFIED_DESTINATION),)
        return (Plan(recipient.email),)

    def send(self, letter: Letter) -> Sent:
        message = _message(letter)
        try:
            with _connection() as connection:
                message.connection = connection
                message.send()
        except (smtplib.SMTPException, OSError, ValueError) as error:
            raise _classified(error) from error
        return Sent(provider_message_id=message.extra_headers["Message-ID"])


def _message(letter: Letter) -> EmailMultiAlternatives:
    rendered = rendering.email(letter.kind, letter.context)
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    message = EmailMultiAlternatives(
        subject=rendered.subject,
        body=rendered.text,
        to=[letter.destination],
        headers={
            # The same for every attempt, so that mail programs fold a repeated one into the first.
            "Message-ID": f"<{letter.public_id}.{letter.delivery_id}@{domain}>",
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
        },
    )
    message.attach_alternative(rendered.html, "text/html")
    return message


@contextmanager
def _connection() -> Iterator[BaseEmailBackend]:
    connection = get_connection()
    try:
        connection.open()
        yield connection
    finally:
        # The server has answered for the message by now; a clumsy goodbye must not send it again.
        with suppress(smtplib.SMTPException, OSError):
            connection.close()


def _classified(error: Exception) -> DeliveryError:
    """An SMTP 4xx may pass later, a 5xx will not; whatever concerns our own account or server is for the operator."""
    match error:
        case smtplib.SMTPRecipientsRefused():
            code, reply = next(iter(error.recipients.values()))
            return _by_code(code, reply, permanent=ErrorClass.PERMANENT, bounced=True)
        case smtplib.SMTPDataError():
            return _by_code(error.smtp_code, error.smtp_error, permanent=ErrorClass.PERMANENT)
        case smtplib.SMTPSenderRefused() if error.smtp_code == MESSAGE_TOO_LARGE:
            return _by_code(error.smtp_code, error.smtp_error, permanent=ErrorClass.PERMANENT)
        case smtplib.SMTPResponseException():
            return _by_code(error.smtp_code, error.smtp_error, permanent=ErrorClass.CONFIG)
        case smtplib.SMTPNotSupportedError() | ssl.SSLCertVerificationError():
            return DeliveryError(ErrorClass.CONFIG, "smtp_not_supported", str(error))
        case smtplib.SMTPServerDisconnected() | OSError():
            is_slow = isinstance(error, TimeoutError) or "timed out" in str(error)
            name = "smtp_timeout" if is_slow else "smtp_connection"
            return DeliveryError(ErrorClass.TRANSIENT, name, str(error))
        case _:
            return DeliveryError(ErrorClass.PERMANENT, "mail_malformed", str(error))


def _by_code(code: int, reply: bytes | str, *, permanent: ErrorClass, bounced: bool = False) -> DeliveryError:
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    is_permanent = 500 <= code < 600
    error_class = permanent if is_permanent else ErrorClass.TRANSIENT
    return DeliveryError(error_class, f"smtp_{code}", text, bounced=bounced and is_permanent)
