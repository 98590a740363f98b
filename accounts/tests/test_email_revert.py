"""The link that went to the old address takes the account back."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from pytest_django import Settings

from accounts import limits
from accounts.leaving.services import ask_deletion
from accounts.models import (
    AuthenticatorApp,
    EmailChange,
    EventKind,
    Identity,
    IdentityProvider,
    OneTimeCode,
    Passkey,
    RecoveryCode,
    ResetLink,
    SecurityEvent,
    Session,
    User,
)
from accounts.passwords import links
from accounts.sessions import open_session
from accounts.signals import email_changed
from accounts.tasks import purge_ended
from accounts.tests.conftest import Post
from accounts.tests.factoring import showing
from accounts.tests.together import together
from conftest import PASSWORD, Api
from notifications.models import Delivery, Notification
from numerai.common import clock

URL = "/api/v1/users/email/revert/"
OLD, NEW = "bob@example.com", "thief@example.com"
DONE = {"message": "Your old address is back. Have your password reset to sign in."}


@pytest.fixture
def api(api: Api) -> Api:
    """Whoever is signed in has shown their password."""
    return showing(api)


def change_to(api: Api, bob: User, post: Post, new_email: str = NEW) -> str:
    """The token that went to the address before."""
    client = api(User.objects.get(id=bob.pk))
    assert client.post("/api/v1/users/email/", {"new_email": new_email}).status_code == 200
    confirmed = client.post("/api/v1/users/email/confirm/", {"otp": post()[0].subject.split()[0]})
    assert confirmed.status_code == 200
    return str(re.findall(r"/revert-email\?token=([\w-]+)", post()[0].text)[0])


def revert(api: Api, token: str) -> Any:
    return api(None).post(URL, {"token": token})


def email_of(user: User) -> str | None:
    return User.objects.get(id=user.pk).email


def test_rule_09_the_link_puts_the_old_address_back(api: Api, bob: User, post: Post) -> None:
    token = change_to(api, bob, post)
    thief = open_session(user=User.objects.get(id=bob.pk))
    answer = revert(api, token)
    assert (answer.status_code, answer.json()) == (200, DONE)
    user = User.objects.get(id=bob.pk)
    assert (user.email, user.email_verified_at is not None, user.has_usable_password()) == (OLD, True, False)
    assert not Session.objects.filter(revoked_at__isnull=True).exists()
    refreshed = api(None).post("/api/v1/auth/refresh-token/", {"refresh": thief.refresh_token})
    assert refreshed.status_code == 401
    assert SecurityEvent.objects.filter(kind=EventKind.EMAIL_CHANGE_REVERTED, user_id=bob.pk).exists()
    told = {(mail.to[0].address, mail.subject) for mail in post()}
    assert told >= {
        (OLD, "Your NumerAI address is back"),
        (NEW, "This address no longer belongs to your NumerAI account"),
    }


def test_the_person_goes_on_with_a_reset(api: Api, bob: User, post: Post) -> None:
    revert(api, change_to(api, bob, post))
    assert api(None).post("/api/v1/auth/password-reset/", {"email": OLD}).status_code == 200
    code = next(mail.subject.split()[0] for mail in post() if mail.subject[:6].isdigit())
    form = {"email": OLD, "otp": code, "new_password": "a sentence for the new one"}
    assert api(None).post("/api/v1/auth/password-reset/confirm/", form).status_code == 200
    login = {"email": OLD, "password": "a sentence for the new one"}
    assert api(None).post("/api/v1/auth/login/", login).status_code == 200


def test_rule_07_the_link_works_once_and_stands_nowhere(api: Api, bob: User, post: Post) -> None:
    token = change_to(api, bob, post)
    tables = (EmailChange, Notification, Delivery, SecurityEvent)
    rows = [str(row) for table in tables for row in table._default_manager.values()]
    assert not [row for row in rows if token in row]
    assert revert(api, token).status_code == 200
    again = revert(api, token)
    assert (again.status_code, again.json()["code"]) == (400, "revert_link_invalid")


def test_the_link_works_for_three_days(api: Api, bob: User, post: Post) -> None:
    token = change_to(api, bob, post)
    until = EmailChange.objects.get().revert_until
    assert until is not None
    with time_machine.travel(until, tick=False):
        assert revert(api, token).json()["code"] == "revert_link_invalid"
    with time_machine.travel(until - timedelta(seconds=1), tick=False):
        assert revert(api, token).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("token", ["t", "é", "0" * 43])
def test_an_invented_link_is_refused(api: Api, token: str) -> None:
    answer = revert(api, token)
    assert (answer.status_code, answer.json()["code"]) == (400, "revert_link_invalid")


@pytest.mark.django_db
@pytest.mark.parametrize("body", [{}, {"token": ""}, {"token": 7}, {"token": "t" * 201}])
def test_bad_input_is_named(api: Api, body: dict[str, Any]) -> None:
    answer = api(None).post(URL, body)
    assert (answer.status_code, answer.json()["code"]) == (400, "validation_error")


def test_the_oldest_link_wins_over_later_changes(api: Api, bob: User, post: Post) -> None:
    first = change_to(api, bob, post)
    second = change_to(api, bob, post, "thief@elsewhere.example.com")
    assert revert(api, second).status_code == 200
    assert email_of(bob) == NEW
    assert revert(api, first).status_code == 200
    assert email_of(bob) == OLD
    assert not EmailChange.objects.filter(settled_at__isnull=True).exists()


def test_it_ends_the_links_of_later_changes(api: Api, bob: User, post: Post) -> None:
    first = change_to(api, bob, post)
    second = change_to(api, bob, post, "thief@elsewhere.example.com")
    pending = api(User.objects.get(id=bob.pk))
    pending.post("/api/v1/users/email/", {"new_email": "thief@third.example.com"})
    assert revert(api, first).status_code == 200
    assert revert(api, second).json()["code"] == "revert_link_invalid"
    assert email_of(bob) == OLD
    assert not EmailChange.objects.filter(confirmed_at__isnull=True).exists()
    User.objects.create_user(email=NEW, full_name="Free again")


def test_back_by_oneself_and_the_link_afterwards(api: Api, bob: User, post: Post) -> None:
    token = change_to(api, bob, post)
    change_to(api, bob, post, OLD)
    assert revert(api, token).status_code == 200
    assert email_of(bob) == OLD
    assert "This address no longer belongs to your NumerAI account" not in {mail.subject for mail in post()}


def keys_of(user: User) -> None:
    """All by which somebody could come back, as a thief leaves it."""
    links.issue(user)
    OneTimeCode.objects.create(user=user, purpose="prove", code_hash=b"x" * 32, expires_at=clock.now())
    AuthenticatorApp.objects.create(user=user, secret=b"sealed", confirmed_at=clock.now())
    Passkey.objects.create(user=user, name="Theirs", credential_id=b"c" * 16, credential=b"k" * 32)
    RecoveryCode.objects.create(user=user, code_hash=b"r" * 32)
    Identity.objects.create(user=user, provider=IdentityProvider.GOOGLE, subject="theirs")
    User.objects.filter(id=user.pk).update(phone="+14155552671", phone_verified_at=clock.now())


def left_of(user: User) -> list[str]:
    models = (ResetLink, OneTimeCode, AuthenticatorApp, Passkey, RecoveryCode, Identity)
    left = [model.__name__ for model in models if model._default_manager.filter(user=user).exists()]
    return left + (["phone"] if User.objects.get(id=user.pk).phone else [])


def test_rule_29_nothing_that_a_thief_has_added_is_left(api: Api, bob: User, post: Post) -> None:
    keys_of(bob)
    token = change_to_with_factor(api, bob, post)
    assert revert(api, token).status_code == 200
    assert left_of(bob) == []
    assert SecurityEvent.objects.filter(kind=EventKind.IDENTITY_UNLINKED, user_id=bob.pk).exists()


def test_what_was_there_long_before_stays(api: Api, bob: User, post: Post) -> None:
    with time_machine.travel(clock.now() - timedelta(days=4), tick=False):
        keys_of(bob)
    token = change_to_with_factor(api, bob, post)
    assert revert(api, token).status_code == 200
    assert left_of(bob) == ["AuthenticatorApp", "Passkey", "RecoveryCode", "Identity", "phone"]


def change_to_with_factor(api: Api, bob: User, post: Post) -> str:
    """As ``change_to``, of a session that has given the second factor."""
    pair = open_session(user=User.objects.get(id=bob.pk), has_second_factor=True)
    Session.objects.update(is_proof_shown=True)
    client = api(None)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {pair.access_token}")
    assert client.post("/api/v1/users/email/", {"new_email": NEW}).status_code == 200
    code = next(mail.subject.split()[0] for mail in post() if mail.to[0].address == NEW)
    assert client.post("/api/v1/users/email/confirm/", {"otp": code}).status_code == 200
    mail = next(mail for mail in post() if "/revert-email" in mail.text)
    return str(re.findall(r"/revert-email\?token=([\w-]+)", mail.text)[0])


def test_an_account_that_a_thief_has_closed_is_opened_again(api: Api, bob: User, post: Post) -> None:
    client = api(bob)
    client.post("/api/v1/users/email/", {"new_email": NEW})
    assert client.post("/api/v1/users/email/confirm/", {"otp": post()[0].subject.split()[0]}).status_code == 200
    ask_deletion(User.objects.get(id=bob.pk))
    assert not User.objects.get(id=bob.pk).is_active
    mail = next(mail for mail in post() if mail.to[0].address == OLD)
    token = re.findall(r"/revert-email\?token=([\w-]+)", mail.text)[0]
    assert revert(api, token).status_code == 200
    user = User.objects.get(id=bob.pk)
    assert (user.email, user.is_active) == (OLD, True)


def test_an_account_that_an_operator_has_closed_stays_closed(api: Api, bob: User, post: Post) -> None:
    token = change_to(api, bob, post)
    User.objects.filter(id=bob.pk).update(is_active=False)
    assert revert(api, token).status_code == 200
    user = User.objects.get(id=bob.pk)
    assert (user.email, user.is_active) == (OLD, False)


def test_too_late_by_a_moment_changes_nothing(api: Api, bob: User, post: Post) -> None:
    token = change_to(api, bob, post)
    before = clock.now()
    # The database's clock is ahead of ours: for it the three days are over, and somebody has signed up.
    EmailChange.objects.update(revert_until=before - timedelta(minutes=1))
    User.objects.create_user(email=OLD, full_name="Next")
    with time_machine.travel(before - timedelta(minutes=2), tick=False):
        answer = revert(api, token)
    assert (answer.status_code, answer.json()["code"]) == (400, "revert_link_invalid")
    assert email_of(bob) == NEW
    assert EmailChange.objects.get().settled_at is None


def test_rule_81_the_link_leads_to_the_frontend_whatever_host_was_called(
    api: Api, bob: User, post: Post, settings: Settings
) -> None:
    settings.FRONTEND_URL, settings.ALLOWED_HOSTS = "https://app.numerai.example", ["*"]
    client = api(bob)
    spoofed = {"host": "evil.example", "x-forwarded-host": "evil.example", "origin": "https://evil.example"}
    client.post("/api/v1/users/email/", {"new_email": NEW}, headers=spoofed)
    code = post()[0].subject.split()[0]
    assert client.post("/api/v1/users/email/confirm/", {"otp": code}, headers=spoofed).status_code == 200
    mails = post()
    assert "https://app.numerai.example/revert-email?token=" in mails[0].text
    assert not [mail for mail in mails if "evil.example" in mail.text + mail.html]


@pytest.mark.parametrize("name", ["Bob\r\nBcc: victim@example.com", '<a href="https://evil.example">Bob</a>'])
def test_rule_85_a_hostile_name_reaches_no_header_and_no_markup(api: Api, bob: User, post: Post, name: str) -> None:
    User.objects.filter(id=bob.pk).update(full_name=name)
    revert(api, change_to(api, bob, post))
    api(None).post("/api/v1/auth/password-reset/", {"email": OLD})
    api(None).post("/api/v1/auth/reset-password/", {"email": OLD})
    for mail in post():
        assert "\n" not in mail.subject
        assert mail.to[0].address in (OLD, NEW)
        assert len(mail.to) == 1
        assert '<a href="https://evil.example">' not in mail.html
        assert "evil.example" not in mail.text


def test_others_are_told(api: Api, bob: User, post: Post) -> None:
    token = change_to(api, bob, post)
    heard: list[str] = []

    def listen(user: User, **_: Any) -> None:
        heard.append(str(user.email))

    email_changed.connect(listen)
    revert(api, token)
    email_changed.disconnect(listen)
    assert heard == [OLD]


@pytest.mark.django_db
def test_a_network_gets_so_many_tries(api: Api, settings: Settings) -> None:
    settings.RATE_LIMIT_ENABLED = True
    assert {api(None).post(URL, {}).status_code for _ in range(limits.REVERT.times)} == {400}
    assert api(None).post(URL, {}).status_code == 429


@pytest.mark.django_db(transaction=True)
def test_of_many_reverts_at_one_moment_one_wins(api: Api, bob: User, post: Post) -> None:
    token = change_to(api, bob, post)
    answers = together(8, lambda _: revert(api, token).status_code)
    assert sorted(answers) == [200] + [400] * 7
    assert SecurityEvent.objects.filter(kind=EventKind.EMAIL_CHANGE_REVERTED).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_revert_beside_another_change_wins(api: Api, bob: User, post: Post) -> None:
    token = change_to(api, bob, post)
    client = api(User.objects.get(id=bob.pk))
    client.post("/api/v1/users/email/", {"new_email": "thief@elsewhere.example.com"})
    code = next(mail.subject.split()[0] for mail in post() if mail.to[0].address == "thief@elsewhere.example.com")
    confirm = "/api/v1/users/email/confirm/"
    answers = together(
        2, lambda number: int((client.post(confirm, {"otp": code}) if number else revert(api, token)).status_code)
    )
    assert (answers[0], answers[1] in (200, 400, 401)) == (200, True)
    assert email_of(bob) == OLD
    assert not Session.objects.filter(revoked_at__isnull=True).exists()


def test_what_is_over_is_purged_a_month_later(api: Api, bob: User, post: Post) -> None:
    change_to(api, bob, post)
    links.issue(bob)
    until = EmailChange.objects.get().revert_until
    assert until is not None
    for days, left in ((29, 1), (31, 0)):
        with time_machine.travel(until + timedelta(days=days), tick=False):
            purge_ended()
        assert (EmailChange.objects.count(), ResetLink.objects.count()) == (left, 0)


def test_what_nobody_confirmed_is_purged_as_well(api: Api, bob: User) -> None:
    api(bob).post("/api/v1/users/email/", {"new_email": NEW})
    with time_machine.travel(clock.now() + timedelta(days=31), tick=False):
        purge_ended()
    assert not EmailChange.objects.exists()


def test_the_password_of_before_is_dead(api: Api, bob: User, post: Post) -> None:
    revert(api, change_to(api, bob, post))
    for email in (OLD, NEW):
        answer = api(None).post("/api/v1/auth/login/", {"email": email, "password": PASSWORD})
        assert answer.json()["code"] == "invalid_credentials"
