"""Codes of an authenticator app: RFC 6238 with SHA-1, six digits, 30 seconds, which is what every app understands."""

import base64
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlencode

import qrcode
import structlog
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.hotp import HOTP
from django.conf import settings
from django.db import transaction
from django.utils.crypto import constant_time_compare
from qrcode.image.svg import SvgPathImage

from accounts.factors.errors import FactorExists, SecondFactorInvalid
from accounts.models import AuthenticatorApp, User
from numerai.common import clock
from numerai.common.sealing import CannotUnseal, seal, unseal

log = structlog.get_logger(__name__)

SECRET_BYTES = 20
STEP_SECONDS = 30
# How many steps a phone's clock may be off, either way.
SKEW = 1
TIME_TO_CONFIRM = timedelta(minutes=15)


@dataclass(frozen=True, repr=False)
class Enrolment:
    """What an app needs, shown once: the secret in base32, the same as a URI, and that as a picture (SVG text)."""

    secret: str
    uri: str
    qr_svg: str


def enrol(user: User) -> Enrolment:
    """A new secret for ``user``, which counts once a code of it was confirmed; the one begun before is forgotten.

    Raises FactorExists for who has an app that works.
    """
    secret = base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode()
    with transaction.atomic():
        # Whoever else begins at this moment waits here, so that the last secret shown is the one that is kept.
        User.objects.select_for_update(no_key=True).get(id=user.pk)
        if AuthenticatorApp.objects.filter(user=user, confirmed_at__isnull=False).exists():
            raise FactorExists
        AuthenticatorApp.objects.update_or_create(
            user=user, defaults={"secret": seal(secret), "last_step": 0, "created_at": clock.now()}
        )
    return enrolment_of(user, secret)


def enrolment_of(user: User, secret: str) -> Enrolment:
    issuer = settings.COMPANY_NAME
    label = quote(f"{issuer}:{user.email or user.phone}", safe=":@")
    uri = f"otpauth://totp/{label}?{urlencode({'secret': secret, 'issuer': issuer}, quote_via=quote)}"
    picture = qrcode.make(uri, image_factory=SvgPathImage)
    return Enrolment(secret=secret, uri=uri, qr_svg=picture.to_string(encoding="unicode"))


def begun_by(user: User) -> Enrolment | None:
    """The enrolment that ``user`` has begun and may still confirm."""
    app = _unconfirmed(user)
    secret = _secret_of(app) if app is not None else None
    return enrolment_of(user, secret) if secret is not None else None


def confirm(user: User, code: str) -> None:
    """Make the app that was begun a factor: ``code`` proves that it works, and is spent by it.

    Raises SecondFactorInvalid for a wrong code and where nothing was begun in the last quarter of an hour.
    """
    _accept(_unconfirmed(user), code, confirmed_at=clock.now())


def spend(user: User, code: str) -> None:
    """Accept ``code`` of the app of ``user``, once. Raises SecondFactorInvalid."""
    _accept(AuthenticatorApp.objects.filter(user=user, confirmed_at__isnull=False).first(), code)


def code_at(secret: str, step: int) -> str:
    """The six digits that an app with ``secret`` (base32) shows in that 30-second step since 1970."""
    key = base64.b32decode(secret)
    return HOTP(key, 6, SHA1()).generate(step).decode()  # noqa: S303  # nosec B303 - as the apps do


def step_now() -> int:
    return int(clock.now().timestamp()) // STEP_SECONDS


def _accept(app: AuthenticatorApp | None, code: str, **changes: Any) -> None:
    step = _step_of(app, code) if app is not None else None
    if app is None or step is None:
        raise SecondFactorInvalid
    # Of those who come with one code at one moment the first moves the step on. Another secret may be there by now.
    unspent = AuthenticatorApp.objects.filter(id=app.id, secret=app.secret, last_step__lt=step)
    if not unspent.update(last_step=step, last_used_at=clock.now(), **changes):
        raise SecondFactorInvalid


def _step_of(app: AuthenticatorApp, code: str) -> int | None:
    """The newest step near now that ``code`` belongs to and that is not spent."""
    now, secret = step_now(), _secret_of(app)
    if secret is None:
        return None
    steps = range(now - SKEW, now + SKEW + 1)
    matching = [step for step in steps if constant_time_compare(code_at(secret, step), code)]
    return max((step for step in matching if step > app.last_step), default=None)


def _secret_of(app: AuthenticatorApp) -> str | None:
    """None when none of our keys opens it: such an app shows no code that could be right."""
    try:
        return unseal(bytes(app.secret))
    except CannotUnseal:
        log.error("factor_cannot_be_unsealed", app_id=str(app.id))
        return None


def _unconfirmed(user: User) -> AuthenticatorApp | None:
    begun = AuthenticatorApp.objects.filter(user=user, confirmed_at__isnull=True)
    return begun.filter(created_at__gt=clock.now() - TIME_TO_CONFIRM).first()
