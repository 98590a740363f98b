"""What the browser at hand knows of a second factor since its operator signed in: whether it was given, and which
secret of an app it has been shown."""

import hashlib

from django.http import HttpRequest

GIVEN = "second_factor_given_by"
SHOWN = "second_factor_shown"


def note(request: HttpRequest) -> None:
    """The operator of ``request`` has just given it. Ends with the login, which every change of a factor ends."""
    request.session[GIVEN] = str(request.user.pk)
    request.session.cycle_key()


def is_noted(request: HttpRequest) -> bool:
    return bool(request.session.get(GIVEN) == str(request.user.pk))


def note_shown(request: HttpRequest, secret: str) -> None:
    request.session[SHOWN] = _digest(secret)


def is_shown(request: HttpRequest, secret: str) -> bool:
    """Whether ``secret`` was shown here. Another browser, of whoever has the password as well, may have begun with one
    that this operator must not take for theirs."""
    return bool(request.session.get(SHOWN) == _digest(secret))


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
