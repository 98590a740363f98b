"""A forgotten password: a code or a link to the mailbox, and a new password by it."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings as django_settings
from pytest_django import Settings

from accounts import limits
from accounts.models import (
    EmailChange,
    EventKind,
    Identity,
    OneTimeCode,
    Passkey,
    ResetLink,
    SecurityEvent,
    Session,
    SessionEnd,
    User,
)
from accounts.passwords import mailing
from accounts.sessions import open_session
from accounts.tests.conftest import Post
from accounts.tests.together import together
from conftest import PASSWORD, Api
from notifications import kinds
from notifications.kinds import NoLongerNeeded
from notifications.models import Delivery, Notification
from numerai.common import clock

NEW = "a sentence for the new one"
ASK, CONFIRM = "/api/v1/auth/password-reset/", "/api/v1/auth/password-reset/confirm/"
ASK_LINK, ALIAS = "/api/v1/auth/reset-password/token/", "/api/v1/auth/reset-password/"
CONFIRM_LINK = "/api/v1/auth/reset-password/token/confirm/"
LOGIN = "/api/v1/auth/login/"


def code_for(api: Api, post: Post, email: str = "bob@example.com") -> str:
    assert api(None).post(ASK, {"email": email}).status_code == 200
    return post()[0].subject.split()[0]


def token_for(api: Api, post: Post, email: str = "bob@example.com") -> str:
    assert api(None).post(ASK_LINK, {"email": email}).status_code == 200
    return str(re.findall(r"reset-password\?token=([\w-]+)", post()[0].text)[0])


def by_code(api: Api, code: str, **more: str) -> Any:
    return api(None).post(CONFIRM, {"email": "bob@example.com", "otp": code, "new_password": NEW} | more)


def by_link(api: Api, token: str, **more: str) -> Any:
    return api(None).post(CONFIRM_LINK, {"token": token, "new_password": NEW, "confirm_password": NEW} | more)


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


def signs_in(api: Api, password: str, email: str = "bob@example.com") -> bool:
    return bool(api(None).post(LOGIN, {"email": email, "password": password}).status_code == 200)


WAYS: list[tuple[Any, Any]] = [(code_for, by_code), (token_for, by_link)]
ways = pytest.mark.parametrize(("get", "use"), WAYS, ids=["code", "link"])


@ways
def test_the_mail_gives_a_new_password(api: Api, bob: User, post: Post, get: Any, use: Any) -> None:
    answer = use(api, get(api, post))
    assert (answer.status_code, answer.json()) == (
        200,
        {"message": "Your password is changed. Sign in with the new one."},
    )
    assert signs_in(api, NEW)
    assert not signs_in(api, PASSWORD)
    told = post()[0]
    assert [recipient.address for recipient in told.to] == ["bob@example.com"]
    assert told.subject == "Your NumerAI password was changed"
    kept = set(SecurityEvent.objects.filter(user_id=bob.pk).values_list("kind", flat=True))
    assert kept >= {EventKind.PASSWORD_RESET_ASKED, EventKind.PASSWORD_RESET}


@ways
@pytest.mark.parametrize(
    ("has_passkey", "providers", "said"),
    [
        (True, [], "a passkey"),
        (False, ["google"], "Google"),
        (True, ["apple", "google"], "a passkey, Google and Apple"),
    ],
)
def test_rule_08_the_mail_names_what_else_opens_the_account(
    api: Api, bob: User, post: Post, get: Any, use: Any, has_passkey: bool, providers: list[str], said: str
) -> None:
    if has_passkey:
        Passkey.objects.create(user=bob, name="Thief's", credential_id=b"c" * 16, credential=b"k" * 32)
    for provider in providers:
        Identity.objects.create(user=bob, provider=provider, subject="1", email="thief@example.com")
    assert use(api, get(api, post)).status_code == 200
    told = post()[0]
    for body in (told.text, told.html):
        assert f"Besides the password, your account can be opened by {said}." in body
        assert "hief" not in body


@ways
def test_the_mail_is_silent_where_the_password_is_all(api: Api, bob: User, post: Post, get: Any, use: Any) -> None:
    Identity.objects.create(user=bob, provider="google", subject="1", blocked_at=clock.now())
    assert use(api, get(api, post)).status_code == 200
    assert "Besides the password" not in post()[0].text


@ways
def test_rule_08_a_reset_ends_all_sessions_signs_nobody_in_and_is_told(
    api: Api, bob: User, post: Post, get: Any, use: Any
) -> None:
    key = get(api, post)
    pairs = [open_session(user=bob) for _ in range(2)]
    answer = use(api, key)
    assert "token" not in answer.content.decode()
    assert not answer.cookies
    ended = Session.objects.filter(user=bob, revoke_reason=SessionEnd.PASSWORD_CHANGE)
    assert (ended.count(), Session.objects.filter(revoked_at__isnull=True).count()) == (2, 0)
    for pair in pairs:
        refreshed = api(None).post("/api/v1/auth/refresh-token/", {"refresh": pair.refresh_token})
        assert refreshed.status_code == 401
    assert "password was changed" in post()[0].subject


@ways
def test_rule_07_a_key_works_once(api: Api, bob: User, post: Post, get: Any, use: Any) -> None:
    key = get(api, post)
    assert use(api, key).status_code == 200
    again = use(api, key, new_password="and yet another sentence", confirm_password="and yet another sentence")
    assert (again.status_code, again.json()["code"]) in [(400, "code_invalid"), (400, "reset_link_invalid")]
    assert signs_in(api, NEW)


@ways
@pytest.mark.parametrize(
    "change",
    [{"email": "bob@elsewhere.example"}, {"password": "!"}, {"is_active": False}, {"email_verified_at": None}],
)
def test_rule_07_a_key_means_nothing_after_a_change(
    api: Api, bob: User, post: Post, get: Any, use: Any, change: dict[str, Any]
) -> None:
    key = get(api, post)
    User.objects.filter(id=bob.pk).update(phone="+14155552671", phone_verified_at=clock.now(), **change)
    before = User.objects.values().get(id=bob.pk)
    assert use(api, key, email=before["email"]).status_code == 400
    assert User.objects.values().get(id=bob.pk) == before


@pytest.mark.parametrize(
    ("get", "use", "lifetime"),
    [(*WAYS[0], timedelta(minutes=10)), (*WAYS[1], timedelta(hours=1))],
    ids=["code", "link"],
)
def test_rule_07_a_key_ages(api: Api, bob: User, post: Post, get: Any, use: Any, lifetime: timedelta) -> None:
    key = get(api, post)
    made = clock.now()
    with time_machine.travel(made + lifetime, tick=False):
        assert use(api, key).status_code == 400
    with time_machine.travel(made + lifetime - timedelta(seconds=30), tick=False):
        assert use(api, key).status_code == 200


@ways
def test_rule_07_the_newest_key_counts(api: Api, bob: User, post: Post, get: Any, use: Any) -> None:
    old = get(api, post)
    new = next(key for key in iter(lambda: get(api, post), "") if key != old)
    assert use(api, old).status_code == 400
    assert use(api, new).status_code == 200


def test_rule_07_keys_are_good_for_their_person_and_purpose_only(api: Api, alice: User, bob: User, post: Post) -> None:
    code = code_for(api, post)
    assert by_code(api, code, email="alice@example.com").json()["code"] == "code_invalid"
    client = api(bob)
    assert client.post("/api/v1/auth/proof/", {"code": code}).json()["code"] == "code_invalid"
    assert by_link(api, code).json()["code"] == "reset_link_invalid"
    assert by_code(api, code).status_code == 200
    assert signs_in(api, PASSWORD, "alice@example.com")


def test_rule_07_nothing_in_the_database_resets_a_password(api: Api, bob: User, post: Post) -> None:
    token, code = token_for(api, post), code_for(api, post)
    tables = [ResetLink, OneTimeCode, Notification, Delivery, SecurityEvent]
    rows = [str(row) for table in tables for row in table._default_manager.values()]
    assert not [row for row in rows if token in row or f"'{code}'" in row]


@pytest.mark.parametrize("url", [ASK, ASK_LINK, ALIAS])
def test_the_link_leads_to_the_frontend_whatever_host_was_called(
    api: Api, bob: User, post: Post, settings: Settings, url: str
) -> None:
    settings.FRONTEND_URL = "https://app.numerai.example"
    settings.ALLOWED_HOSTS = ["*"]
    spoofed = {"host": "evil.example", "x-forwarded-host": "evil.example", "origin": "https://evil.example"}
    assert api(None).post(url, {"email": "bob@example.com"}, headers=spoofed).status_code == 200
    (mail,) = post()
    assert "evil.example" not in mail.text + mail.html + mail.subject
    assert ("https://app.numerai.example/reset-password?token=" in mail.text) is (url != ASK)


def test_rule_81_a_spoofed_host_does_not_alter_links(api: Api, bob: User, post: Post, settings: Settings) -> None:
    test_the_link_leads_to_the_frontend_whatever_host_was_called(api, bob, post, settings, ASK_LINK)


@ways
def test_rule_10_an_account_without_a_password_gets_its_first_one(
    api: Api, bob: User, post: Post, get: Any, use: Any
) -> None:
    User.objects.filter(id=bob.pk).update(password="!unusable")
    assert use(api, get(api, post)).status_code == 200
    assert signs_in(api, NEW)
    assert post()[0].subject == "Your NumerAI account has a password now"


@ways
def test_an_unverified_address_is_verified_by_it(api: Api, bob: User, post: Post, get: Any, use: Any) -> None:
    User.objects.filter(id=bob.pk).update(email_verified_at=None, phone="+14155552671")
    assert use(api, get(api, post)).status_code == 200
    bob.refresh_from_db()
    # What a stranger may have noted at sign-up must not become a key of theirs.
    assert (bob.email_verified_at is not None, bob.phone) == (True, None)
    assert SecurityEvent.objects.filter(user_id=bob.pk, kind=EventKind.ADDRESS_VERIFIED).exists()
    assert signs_in(api, NEW)


def nobody(_: User) -> None:
    User.objects.all().delete()


def closed(bob: User) -> None:
    User.objects.filter(id=bob.pk).update(is_active=False)


def address_only_noted(bob: User) -> None:
    User.objects.filter(id=bob.pk).update(email_verified_at=None, phone="+14155552671", phone_verified_at=clock.now())


@pytest.mark.parametrize("url", [ASK, ASK_LINK, ALIAS])
@pytest.mark.parametrize("become", [nobody, closed, address_only_noted])
def test_rule_06_nobody_learns_whether_there_is_an_account(
    api: Api, bob: User, alice: User, post: Post, url: str, become: Any
) -> None:
    known = api(None).post(url, {"email": "alice@example.com"})
    become(bob)
    hidden = api(None).post(url, {"email": "bob@example.com"})
    assert (known.status_code, known.content) == (hidden.status_code, hidden.content) == (200, known.content)
    recipients = {recipient.address for mail in post() for recipient in mail.to}
    assert recipients <= {"alice@example.com"}
    assert not SecurityEvent.objects.exclude(user_id=alice.pk).exists()
    assert not Notification.objects.exclude(recipient=alice).exists()


def test_rule_06_no_mail_leaves_within_the_request(api: Api, bob: User, settings: Settings) -> None:
    settings.EMAIL_BACKEND = "a.backend.that.does.not.exist"
    assert api(None).post(ASK, {"email": "bob@example.com"}).status_code == 200
    assert Delivery.objects.get().status == "pending"
    assert not OneTimeCode.objects.exists()


@pytest.mark.parametrize("become", [closed, address_only_noted])
@pytest.mark.parametrize("kind", [mailing.CODE_KIND, mailing.LINK_KIND])
def test_a_mail_overtaken_by_a_change_is_not_sent(bob: User, become: Any, kind: str) -> None:
    become(bob)
    resolve = kinds.get(kind).resolve_context
    assert resolve is not None
    with pytest.raises(NoLongerNeeded):
        resolve(bob.pk, {})
    assert not OneTimeCode.objects.exists()
    assert not ResetLink.objects.exists()


def test_a_wrong_code_changes_nothing_but_the_tries(api: Api, bob: User, post: Post) -> None:
    code = code_for(api, post)
    before = User.objects.values().get(id=bob.pk)
    for tries in (1, 2, 3):
        answer = by_code(api, other_than(code))
        assert (answer.status_code, answer.json()["code"]) == (400, "code_invalid")
        assert OneTimeCode.objects.get().tries == tries
    assert by_code(api, code).json()["code"] == "code_invalid"
    assert User.objects.values().get(id=bob.pk) == before


@ways
@pytest.mark.parametrize("weak", ["short", "1234567890", "bob@example.com", "Bob Stone1", "x" * 1025])
def test_a_weak_password_is_refused_and_the_key_stays_good(
    api: Api, bob: User, post: Post, get: Any, use: Any, weak: str
) -> None:
    key = get(api, post)
    refused = use(api, key, new_password=weak, confirm_password=weak)
    assert (refused.status_code, refused.json()["code"]) == (400, "validation_error")
    assert {error["field"] for error in refused.json()["errors"]} <= {"new_password", "confirm_password"}
    assert use(api, key).status_code == 200


@ways
def test_what_is_on_record_does_not_show_before_the_key_is_right(
    api: Api, bob: User, post: Post, get: Any, use: Any
) -> None:
    wrong = use(api, "000000", new_password="Bob Stone1", confirm_password="Bob Stone1")
    assert wrong.json()["code"] in ("code_invalid", "reset_link_invalid")


def test_rule_29_a_change_of_address_that_was_begun_is_dropped(api: Api, bob: User, post: Post) -> None:
    EmailChange.objects.create(
        user=bob, old_email=bob.email, new_email="thief@example.com", expires_at=clock.now() + timedelta(hours=1)
    )
    assert by_code(api, code_for(api, post)).status_code == 200
    assert not EmailChange.objects.exists()


def test_who_locked_themselves_out_can_sign_in_after_it(api: Api, bob: User, post: Post, settings: Settings) -> None:
    settings.RATE_LIMIT_ENABLED = True
    for _ in range(limits.LOGIN_OF_ACCOUNT.times):
        assert not signs_in(api, "not the right one")
    assert not signs_in(api, PASSWORD)
    assert by_link(api, token_for(api, post)).status_code == 200
    assert signs_in(api, NEW)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("url", "body", "field"),
    [
        (ASK, {}, "email"),
        (ASK, {"email": "nobody"}, "email"),
        (ASK_LINK, {"email": 7}, "email"),
        (ALIAS, {"email": ""}, "email"),
        (CONFIRM, {"email": "bob@example.com", "new_password": NEW}, "otp"),
        (CONFIRM, {"email": "bob@example.com", "otp": "12345x", "new_password": NEW}, "otp"),
        (CONFIRM, {"email": "bob@example.com", "otp": "123456"}, "new_password"),
        (CONFIRM_LINK, {"new_password": NEW, "confirm_password": NEW}, "token"),
        (CONFIRM_LINK, {"token": "t" * 201, "new_password": NEW, "confirm_password": NEW}, "token"),
        (CONFIRM_LINK, {"token": "t\x07", "new_password": NEW, "confirm_password": NEW}, "token"),
        (CONFIRM_LINK, {"token": "t", "new_password": NEW, "confirm_password": NEW + "!"}, "confirm_password"),
    ],
)
def test_bad_input_names_the_field(api: Api, url: str, body: dict[str, Any], field: str) -> None:
    answer = api(None).post(url, body)
    assert (answer.status_code, answer.json()["code"]) == (400, "validation_error")
    assert field in {error["field"] for error in answer.json()["errors"]}


@pytest.mark.django_db
@pytest.mark.parametrize("token", ["t", "é", "0" * 43])
def test_an_invented_link_is_refused(api: Api, token: str) -> None:
    answer = by_link(api, token)
    assert (answer.status_code, answer.json()["code"]) == (400, "reset_link_invalid")


def test_one_mail_of_a_kind_a_minute_goes_to_an_address(api: Api, bob: User, settings: Settings) -> None:
    settings.RATE_LIMIT_ENABLED = True
    for email in ("bob@example.com", "nobody@example.com"):
        assert api(None).post(ASK, {"email": email}).status_code == 200
        refused = api(None).post(ASK, {"email": email.replace("@", "+tag@")})
        assert (refused.status_code, refused.json()["code"]) == (429, "too_many_requests")
        assert int(refused["Retry-After"]) > 0
        assert api(None).post(ASK_LINK, {"email": email}).status_code == 200
    assert Notification.objects.count() == 2


@pytest.mark.parametrize("email", ["bob@example.com", "nobody@example.com"])
def test_twenty_codes_a_day_go_to_a_mailbox_and_a_link_after_them(
    api: Api, bob: User, settings: Settings, email: str
) -> None:
    settings.RATE_LIMIT_ENABLED = True

    def ask(url: str = ASK, tag: str = "") -> Any:
        return api(None).post(url, {"email": email.replace("@", f"{tag}@")})

    began = clock.now()
    with time_machine.travel(began, tick=False) as time:
        for _ in range(limits.RESET_CODES.times):
            assert ask().status_code == 200
            time.shift(timedelta(minutes=13))
        kept = Notification.objects.count()
        for tag in ("", "+tag"):
            refused = ask(tag=tag)
            assert (refused.status_code, refused.json()["code"]) == (429, "too_many_requests")
            time.shift(timedelta(minutes=13))
        assert Notification.objects.count() == kept
        assert ask(ASK_LINK).status_code == 200
        time.move_to(began + timedelta(days=1))
        assert ask().status_code == 200


@pytest.mark.parametrize(
    ("url", "limit"),
    [(ASK, limits.RESET), (ALIAS, limits.RESET), (CONFIRM, limits.RESET_CONFIRM), (CONFIRM_LINK, limits.RESET_CONFIRM)],
)
@pytest.mark.django_db
def test_a_network_gets_so_many_tries(api: Api, settings: Settings, url: str, limit: Any) -> None:
    settings.RATE_LIMIT_ENABLED = True
    assert {api(None).post(url, {}).status_code for _ in range(limit.times)} == {400}
    assert api(None).post(url, {}).status_code == 429
    assert api(None).post(url, {}, REMOTE_ADDR="203.0.113.9").status_code == 400


def test_where_mails_have_run_out_nothing_is_sent(
    api: Api, bob: User, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "accounts.limits.sending.MAILED_TO_ALL", limits.MAILED_TO_ALL.__class__("tests.none", times=0, seconds=60)
    )
    settings.RATE_LIMIT_ENABLED = True
    assert api(None).post(ASK, {"email": "bob@example.com"}).status_code == 200
    assert not Notification.objects.exists()


@pytest.mark.django_db(transaction=True)
@ways
def test_one_of_many_wins(api: Api, bob: User, post: Post, get: Any, use: Any) -> None:
    key = get(api, post)
    chosen = [f"the sentence number {number:02}" for number in range(12)]
    answers = together(12, lambda number: use(api, key, new_password=chosen[number], confirm_password=chosen[number]))
    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 11
    won = next(number for number, answer in enumerate(answers) if answer.status_code == 200)
    assert signs_in(api, chosen[won])
    assert Notification.objects.filter(kind=mailing.CHANGED_KIND).count() == 1


@pytest.mark.django_db(transaction=True)
def test_parallel_guesses_get_three_tries(api: Api, bob: User, post: Post) -> None:
    wrong = other_than(code_for(api, post))
    assert together(30, lambda _: by_code(api, wrong).json()["code"]) == ["code_invalid"] * 30
    assert OneTimeCode.objects.get().tries == 3


@pytest.mark.django_db(transaction=True)
def test_a_reset_and_a_sign_in_at_one_moment_leave_no_session_of_the_old_password(
    api: Api, bob: User, post: Post
) -> None:
    code = code_for(api, post)
    together(6, lambda number: signs_in(api, PASSWORD) if number else by_code(api, code))
    assert not Session.objects.filter(revoked_at__isnull=True).exists()


def test_the_lifetimes_are_what_the_mails_say(api: Api, bob: User, post: Post) -> None:
    assert timedelta(hours=1) >= django_settings.RESET_LINK_LIFETIME
    api(None).post(ASK_LINK, {"email": "bob@example.com"})
    assert "for 60 minutes" in post()[0].text
