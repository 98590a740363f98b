"""E-mail through Django's configured backend, be it SMTP or a provider's API by way of anymail: one recipient a
message, so that one refusal is one delivery's."""

import hashlib
import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.utils import parseaddr

import requests
from anymail.backends.base_requests import AnymailRequestsBackend
from anymail.exceptions import (
    AnymailError,
    AnymailInvalidAddress,
    AnymailRecipientsRefused,
    AnymailRequestsAPIError,
)
from anymail.message import AnymailMessage
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend

from notifications import wording
from notifications.channels.base import DeliveryError, ErrorClass, Letter, Plan, Recipient, Sent
from notifications.channels.refusals import refusal
from notifications.destinations import known
from notifications.kinds import Kind
from notifications.vocabulary import ChannelName, DeliveryStatus, Reason
from numerai.common.outbound import bound

MESSAGE_TOO_LARGE = 552
NO_SUCH_MAILBOX = frozenset({550, 551, 553})
# An enhanced status of security or policy: it says who may not send, and nothing about the mailbox.
POLICY = re.compile(r"5\.7\.\d+")
# What is said when a server stopped answering; what it had by then, nobody knows.
UNANSWERED = frozenset({"smtp_timeout", "smtp_connection", "mail_timeout", "mail_connection"})
# The address of the API or the account is wrong, not the message.
NOT_THERE = frozenset({404, 405, 410})


class Email:
    def plan(self, recipient: Recipient, kind: Kind) -> tuple[Plan, ...]:
        if not recipient.email:
            return (Plan(status=DeliveryStatus.SKIPPED, reason=Reason.NO_DESTINATION),)
        # Codes must reach an address before it is verified; nothing else may.
        if recipient.email_verified_at is None and not kind.critical:
            return (Plan(recipient.email, DeliveryStatus.SKIPPED, Reason.UNVERIFIED_DESTINATION),)
        # Who asks for a code may try, whatever became of earlier mails.
        if not kind.critical and known.is_disabled(recipient.pk, ChannelName.EMAIL, recipient.email):
            return (Plan(recipient.email, DeliveryStatus.SKIPPED, Reason.DESTINATION_DISABLED),)
        return (Plan(recipient.email),)

    def provider(self, destination: str) -> str:
        """The module of the backend, without what all of them share: "smtp", "postmark"."""
        return settings.EMAIL_BACKEND.removesuffix(".EmailBackend").rpartition(".")[2][:40]

    def send(self, letter: Letter) -> Sent:
        message = _message(letter)
        is_handed_over = False
        try:
            with _connection() as connection:
                message.connection = connection
                is_handed_over = True
                message.send()
        except ImproperlyConfigured as error:
            raise DeliveryError(ErrorClass.CONFIG, "mail_not_configured", str(error)) from error
        except (AnymailError, smtplib.SMTPException, OSError, ValueError) as error:
            failure = _classified(error)
            failure.may_have_arrived |= is_handed_over and failure.code in UNANSWERED
            raise failure from error
        return Sent(provider_message_id=_provider_id(message))


def _message(letter: Letter) -> AnymailMessage:
    words = wording.render(letter.kind, ChannelName.EMAIL, letter.language, letter.context)
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    message = AnymailMessage(
        subject=words["subject"],
        body=words["text"],
        to=[letter.destination],
        headers={
            # The same for every attempt, so that mail programs fold a repeated one into the first.
            "Message-ID": f"<{letter.public_id}.{letter.delivery_id}@{domain}>",
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
            **_thread(letter, domain),
            **letter.headers,
        },
        # What a provider tells us again when it reports on the message; SMTP sends neither.
        metadata={"delivery_id": str(letter.delivery_id)},
        tags=[letter.kind.name],
    )
    message.attach_alternative(words["html"], "text/html")
    return message


def _thread(letter: Letter, domain: str) -> dict[str, str]:
    """Mail programs show together what refers to the same message, which need not exist."""
    if not letter.group_key:
        return {}
    about = hashlib.sha256(f"{letter.kind.name}:{letter.group_key}:{letter.destination}".encode()).hexdigest()[:32]
    return {"In-Reply-To": f"<{about}@{domain}>", "References": f"<{about}@{domain}>"}


def _provider_id(message: AnymailMessage) -> str:
    """What the provider calls the message, else what we do."""
    own = getattr(message.anymail_status, "message_id", None)
    return str(own or message.extra_headers["Message-ID"])[:255]


@contextmanager
def _connection() -> Iterator[BaseEmailBackend]:
    connection = get_connection()
    try:
        connection.open()
        if isinstance(connection, AnymailRequestsBackend):
            bound(connection.session, seconds=settings.EMAIL_TIMEOUT)
        yield connection
    finally:
        # The server has answered for the message by now; a clumsy goodbye must not send it again.
        with suppress(smtplib.SMTPException, OSError):
            connection.close()


def _classified(error: Exception) -> DeliveryError:
    """An SMTP 4xx may pass later, a 5xx will not; whatever concerns our own account or server is for the operator."""
    match error:
        case AnymailError():
            return _of_provider(error)
        case smtplib.SMTPRecipientsRefused():
            code, reply = next(iter(error.recipients.values()))
            return _of_recipient(_by_code(code, reply, permanent=ErrorClass.PERMANENT, bounced=True), code)
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


def _of_provider(error: AnymailError) -> DeliveryError:
    """A provider's words may repeat the address and the message, so they are not kept."""
    if isinstance(error, AnymailRecipientsRefused):
        return DeliveryError(ErrorClass.PERMANENT, "mail_refused", bounced=True, is_dead=True)
    if isinstance(error, AnymailInvalidAddress):
        return DeliveryError(ErrorClass.PERMANENT, "mail_malformed")
    if not isinstance(error, AnymailRequestsAPIError):
        return DeliveryError(ErrorClass.CONFIG, "mail_unsupported", type(error).__name__)
    if error.status_code is None:
        is_slow = isinstance(error, requests.Timeout)
        return DeliveryError(ErrorClass.TRANSIENT, "mail_timeout" if is_slow else "mail_connection")
    found = refusal(f"mail_http_{error.status_code}", error.status_code, error.response.headers)
    if error.status_code in NOT_THERE:
        found.error_class = ErrorClass.CONFIG
    return found


def _of_recipient(error: DeliveryError, code: int) -> DeliveryError:
    error.of_provider = False
    error.is_dead = code in NO_SUCH_MAILBOX and not POLICY.search(error.detail)
    return error


def _by_code(code: int, reply: bytes | str, *, permanent: ErrorClass, bounced: bool = False) -> DeliveryError:
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    is_permanent = 500 <= code < 600
    error_class = permanent if is_permanent else ErrorClass.TRANSIENT
    return DeliveryError(error_class, f"smtp_{code}", text, bounced=bounced and is_permanent)
