"""Whom we tell of a sign-in that may not be theirs, and of sessions that we have ended."""

import re

import pytest
from django.test import Client

from accounts.models import Session, SignInMethod, User
from accounts.sessions import open_session
from accounts.tests.conftest import Post
from conftest import PASSWORD, make_user
from notifications import kinds, wording
from notifications.models import Notification

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:130.0) Gecko/20100101 Firefox/130.0"
NEWER_FIREFOX = FIREFOX.replace("130", "131")
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 "
    "Mobile/15E148 Safari/604.1"
)
HOME, NEIGHBOUR, CAFE = "198.51.100.7", "198.51.100.200", "203.0.113.9"


def sign_in(user: User, browser: str, address: str) -> None:
    given = {"email": user.email, "password": PASSWORD}
    headers = {"User-Agent": browser}
    answer = Client(REMOTE_ADDR=address).post(
        "/api/v1/auth/login/", given, content_type="application/json", headers=headers
    )
    assert answer.status_code == 200


def told(user: User) -> list[dict[str, str]]:
    return [row.data for row in Notification.objects.filter(recipient=user, kind="accounts.new_device").order_by("id")]


def test_the_first_sign_in_is_no_news(bob: User) -> None:
    sign_in(bob, FIREFOX, HOME)
    assert not told(bob)


@pytest.mark.parametrize(
    ("browser", "address", "is_new"),
    [
        (FIREFOX, HOME, False),
        (NEWER_FIREFOX, HOME, False),
        (FIREFOX, NEIGHBOUR, False),
        (FIREFOX, CAFE, True),
        (IPHONE, HOME, True),
        (IPHONE, CAFE, True),
    ],
)
def test_rule_08_a_device_on_a_network_never_seen_before_is_told_of(
    bob: User, browser: str, address: str, is_new: bool
) -> None:
    sign_in(bob, FIREFOX, HOME)
    sign_in(bob, browser, address)
    sign_in(bob, browser, address)
    assert len(told(bob)) == is_new


@pytest.mark.parametrize(
    ("browser", "locale", "named"),
    [
        (FIREFOX, "en", "Firefox on Windows"),
        (FIREFOX, "es", "Firefox en Windows"),
        (FIREFOX, "hi", "Windows पर Firefox"),
        ("curl/8.5.0", "es", "curl"),
        ("", "en", "a device that does not say what it is"),
        ("", "es", "un dispositivo que no dice qué es"),
    ],
)
def test_the_device_is_named_in_the_language_of_the_reader(bob: User, browser: str, locale: str, named: str) -> None:
    sign_in(bob, IPHONE, HOME)
    sign_in(bob, browser, CAFE)
    (data,) = told(bob)
    context = wording.context_for(recipient=bob, data=data, action_url="/")
    words = wording.render(kinds.get("accounts.new_device"), "email", locale, context)
    assert named in words["text"]


def test_what_others_use_is_new_to_this_person(bob: User, charlie: User) -> None:
    sign_in(charlie, IPHONE, CAFE)
    sign_in(bob, FIREFOX, HOME)
    sign_in(bob, IPHONE, CAFE)
    assert len(told(bob)) == 1
    assert not told(charlie)


def test_what_no_request_began_is_not_told_of(bob: User) -> None:
    sign_in(bob, FIREFOX, HOME)
    open_session(user=bob, method=SignInMethod.CODE)
    assert not told(bob)


def test_the_admin_is_a_place_to_sign_in_to(operator: User) -> None:
    for address in (HOME, CAFE):
        Client(REMOTE_ADDR=address).post("/admin/login/", {"username": operator.email, "password": PASSWORD})
    assert len(told(operator)) == 1


def test_the_mail_says_what_and_when(bob: User, post: Post) -> None:
    sign_in(bob, FIREFOX, HOME)
    sign_in(bob, IPHONE, CAFE)
    [mail] = post()
    assert mail.subject == "A new sign-in to your NumerAI account"
    assert "Safari on iPhone" in mail.text
    assert re.search(r", on \d{1,2} [A-Z][a-z]+ \d{4}, \d\d:\d\d UTC", mail.text)
    assert "203.0.113" not in mail.text


def test_whoever_is_signed_out_by_an_operator_is_told(operator: User, bob: User, post: Post, client: Client) -> None:
    other = make_user(email="never@example.com", full_name="Never In", born=None)
    open_session(user=bob)
    client.force_login(operator)
    chosen = {"action": "sign_out", "_selected_action": [str(bob.pk), str(other.pk)]}
    client.post("/admin/accounts/user/", chosen)
    assert Session.objects.get().revoked_at
    [mail] = post()
    assert [address.address for address in mail.to] == ["bob@example.com"]
    assert mail.subject == "We signed you out on all your devices"
