"""Whether the browser at hand has given a second factor since its operator signed in."""

from django.http import HttpRequest

GIVEN = "second_factor_given_by"


def note(request: HttpRequest) -> None:
    """The operator of ``request`` has just given it. Ends with the login, which every change of a factor ends."""
    request.session[GIVEN] = str(request.user.pk)
    request.session.cycle_key()


def is_noted(request: HttpRequest) -> bool:
    return bool(request.session.get(GIVEN) == str(request.user.pk))
