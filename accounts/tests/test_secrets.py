"""Error reporters print the variables of a stack: no object of ours may show a secret there."""

from datetime import date

from accounts.login.services import SignedIn
from accounts.models import User
from accounts.registration.services import SignUp
from accounts.sessions import open_session
from conftest import PASSWORD


def test_a_sign_up_shows_nothing_of_the_person() -> None:
    sign_up = SignUp("dora@example.com", PASSWORD, "Dora Diaz", "+14155552671", date(1990, 2, 28), location="Lyon")
    for shown in (repr(sign_up), str(sign_up), f"{[sign_up]}"):
        assert not [word for word in (PASSWORD, "dora", "Dora", "415", "1990", "Lyon") if word in shown]


def test_tokens_do_not_show_themselves(bob: User) -> None:
    tokens = open_session(user=bob)
    for shown in (repr(tokens), str(tokens), repr(SignedIn(bob, tokens)), f"{[tokens]}"):
        assert tokens.access_token not in shown
        assert tokens.refresh_token not in shown
