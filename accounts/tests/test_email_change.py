"""Another e-mail address: asked for with a fresh proof, confirmed by a code that went there."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from pytest_django import Settings

from accounts import limits
from accounts.addresses import mailing
from accounts.models import EmailChange, EventKind, OneTimeCode, SecurityEvent, Session, SessionEnd, User
from accounts.sessions import open_session
from accounts.signals import email_changed
from accounts.tests.conftest import Post
from accounts.tests.factoring import showing
from accounts.tests.together import together
from conftest import PASSWORD, Api
from notifications import kinds
from notifications.kinds import NoLongerNeeded
from notifications.models import Delivery, Notification
from numerai.common import clock

ASK, CONFIRM = "/api/v1/users/email/", "/api/v1/users/email/confirm/"
NEW = "bob@new.example.com"
SENT = {"message": "A code is on its way to the new address. Enter it to finish the change."}


@pytest.fixture
def api(api: Api) -> Api:
    """Whoever is signed in has shown their password."""
    return showing(api)


def grow_stale() -> None:
    Session.objects.update(proved_at=clock.now() - timedelta(minutes=15))


def recipients(post: Post) -> list[str]:
    return [recipient.address for mail in post() for recipient in mail.to]


def code_for(client: Any, post: Post, new_email: str = NEW) -> str:
    assert client.post(ASK, {"new_email": new_email}).json() == SENT
    mail = post()[0]
    assert [recipient.address for recipient in mail.to] == [new_email]
    return mail.subject.split()[0]


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


def email_of(user: User) -> str | None:
    return User.objects.get(id=user.pk).email


def signs_in(api: Api, email: str) -> bool:
    answer = api(None).post("/api/v1/auth/login/", {"email": email, "password": PASSWORD})
    return bool(answer.status_code == 200)


def test_rule_09_the_address_changes_once_the_code_is_entered(api: Api, bob: User, post: Post) -> None:
    client, other = api(bob), open_session(user=bob)
    grow_stale()
    answer = client.post(ASK, {"new_email": " Bob@New.Example.com", "password": PASSWORD})
    assert (answer.status_code, answer.json()) == (200, SENT)
    (mail,) = post()
    assert [recipient.address for recipient in mail.to] == [NEW]
    assert email_of(bob) == "bob@example.com"
    confirmed = client.post(CONFIRM, {"otp": mail.subject.split()[0]})
    assert confirmed.status_code == 200
    assert set(confirmed.json()) == {"access_token", "refresh_token", "user"}
    assert (confirmed.json()["user"]["email"], email_of(bob)) == (NEW, NEW)
    assert (signs_in(api, NEW), signs_in(api, "bob@example.com")) == (True, False)
    mail = post()[0]
    assert [recipient.address for recipient in mail.to] == ["bob@example.com"]
    assert "/revert-email?token=" in mail.text
    assert "72 hours" in mail.text
    kept = set(SecurityEvent.objects.filter(user_id=bob.pk).values_list("kind", flat=True))
    assert kept >= {EventKind.EMAIL_CHANGE_ASKED, EventKind.EMAIL_CHANGED}
    refreshed = api(None).post("/api/v1/auth/refresh-token/", {"refresh": other.refresh_token})
    assert refreshed.status_code == 401


def test_rule_15_every_session_ends_and_one_goes_on(api: Api, bob: User, post: Post) -> None:
    pairs = [open_session(user=bob) for _ in range(2)]
    client = api(bob)
    Session.objects.update(method="google", has_second_factor=True)
    confirmed = client.post(CONFIRM, {"otp": code_for(client, post)})
    assert confirmed.status_code == 200
    for pair in pairs:
        assert api(None).post("/api/v1/auth/refresh-token/", {"refresh": pair.refresh_token}).status_code == 401
    assert client.get("/api/v1/users/profile/").status_code == 401
    session = Session.objects.get(revoked_at__isnull=True)
    assert (session.method, session.has_second_factor) == ("google", True)
    assert Session.objects.filter(revoke_reason=SessionEnd.EMAIL_CHANGE).count() == 3
    going_on = api(None)
    going_on.credentials(HTTP_AUTHORIZATION=f"Bearer {confirmed.json()['access_token']}")
    assert going_on.get("/api/v1/users/profile/").json()["user"]["email"] == NEW


def test_rule_09_without_a_fresh_proof_nothing_happens(api: Api, bob: User) -> None:
    client = api(bob)
    grow_stale()
    answer = client.post(ASK, {"new_email": NEW})
    assert (answer.status_code, answer.json()["code"]) == (403, "fresh_login_required")
    wrong = client.post(ASK, {"new_email": NEW, "password": "not the right one"})
    assert (wrong.status_code, wrong.json()["code"]) == (400, "password_wrong")
    assert not EmailChange.objects.exists()
    assert not Notification.objects.exists()


@pytest.mark.parametrize("is_closed", [False, True])
def test_a_taken_address_gets_the_same_answer_and_its_owner_is_told(
    api: Api, alice: User, bob: User, post: Post, is_closed: bool
) -> None:
    User.objects.filter(id=alice.pk).update(is_active=not is_closed)
    client = api(bob)
    free = client.post(ASK, {"new_email": NEW})
    taken = client.post(ASK, {"new_email": "alice@example.com"})
    assert (taken.status_code, taken.content) == (free.status_code, free.content)
    told = {(mail.subject, mail.to[0].address) for mail in post()}
    wanted = {("Somebody wanted to use your address", "alice@example.com")}
    assert told == (set() if is_closed else wanted)
    assert client.post(CONFIRM, {"otp": "000000"}).json()["code"] == "code_invalid"
    assert (email_of(bob), email_of(alice)) == ("bob@example.com", "alice@example.com")


def test_asking_again_replaces_what_was_asked_before(api: Api, bob: User, post: Post) -> None:
    client = api(bob)
    first = code_for(client, post)
    second = next(code for code in iter(lambda: code_for(client, post, "bob@other.example.com"), "") if code != first)
    assert EmailChange.objects.count() == 1
    assert client.post(CONFIRM, {"otp": first}).json()["code"] == "code_invalid"
    assert client.post(CONFIRM, {"otp": second}).status_code == 200
    assert email_of(bob) == "bob@other.example.com"


def test_a_code_is_good_for_its_address_only(api: Api, bob: User, post: Post) -> None:
    client = api(bob)
    code = code_for(client, post)
    EmailChange.objects.update(new_email="thief@example.com")
    assert client.post(CONFIRM, {"otp": code}).json()["code"] == "code_invalid"
    assert email_of(bob) == "bob@example.com"


def test_a_code_is_nobody_elses(api: Api, alice: User, bob: User, post: Post) -> None:
    code = code_for(api(bob), post)
    assert api(alice).post(CONFIRM, {"otp": code}).json()["code"] == "code_invalid"
    assert (email_of(bob), email_of(alice)) == ("bob@example.com", "alice@example.com")


def test_a_code_bears_three_tries_and_works_once(api: Api, bob: User, post: Post) -> None:
    client = api(bob)
    code = code_for(client, post)
    for _ in range(3):
        assert client.post(CONFIRM, {"otp": other_than(code)}).json()["code"] == "code_invalid"
    assert client.post(CONFIRM, {"otp": code}).json()["code"] == "code_invalid"
    assert SecurityEvent.objects.filter(kind=EventKind.SIGN_IN_FAILED, user_id=bob.pk).count() == 4
    code = code_for(client, post)
    going_on = api(None)
    tokens = client.post(CONFIRM, {"otp": code}).json()
    going_on.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens['access_token']}")
    assert going_on.post(CONFIRM, {"otp": code}).json()["code"] == "code_invalid"


def test_what_was_asked_for_is_forgotten_after_an_hour(api: Api, bob: User, post: Post) -> None:
    client = api(bob)
    code = code_for(client, post)
    EmailChange.objects.update(expires_at=clock.now() - timedelta(seconds=1))
    assert client.post(CONFIRM, {"otp": code}).json()["code"] == "code_invalid"
    assert email_of(bob) == "bob@example.com"


def test_an_address_that_an_operator_has_set_meanwhile_is_no_change(api: Api, bob: User, post: Post) -> None:
    client = api(bob)
    code = code_for(client, post)
    User.objects.filter(id=bob.pk).update(email=NEW)
    assert client.post(CONFIRM, {"otp": code}).json()["code"] == "code_invalid"


def gone(_: User) -> None:
    EmailChange.objects.all().delete()


def closed(bob: User) -> None:
    User.objects.filter(id=bob.pk).update(is_active=False)


def taken(_: User) -> None:
    User.objects.create_user(email=NEW, full_name="Quick")


@pytest.mark.parametrize("happen", [gone, closed, taken])
def test_a_mail_overtaken_by_a_change_is_not_sent(api: Api, bob: User, post: Post, happen: Any) -> None:
    api(bob).post(ASK, {"new_email": NEW})
    happen(bob)
    assert post() == []
    assert not OneTimeCode.objects.exists()
    assert Delivery.objects.get().status == "cancelled"


def test_the_way_back_is_not_mailed_when_there_is_none_any_more(bob: User) -> None:
    change = EmailChange.objects.create(user=bob, old_email=bob.email, new_email=NEW, expires_at=clock.now())
    resolve = kinds.get(mailing.CHANGED_KIND).resolve_context
    assert resolve is not None
    with pytest.raises(NoLongerNeeded):
        resolve(bob.pk, {"change_id": change.id.hex})


def test_who_was_faster_keeps_the_address(api: Api, bob: User, post: Post) -> None:
    client = api(bob)
    code = code_for(client, post)
    taken(bob)
    answer = client.post(CONFIRM, {"otp": code})
    assert (answer.status_code, answer.json()["code"]) == (409, "email_taken")
    assert email_of(bob) == "bob@example.com"
    assert not EmailChange.objects.exists()
    assert client.get("/api/v1/users/profile/").status_code == 200


def test_an_address_that_was_only_noted_gets_no_way_back(api: Api, bob: User, post: Post) -> None:
    User.objects.filter(id=bob.pk).update(email_verified_at=None, phone="+14155552671", phone_verified_at=clock.now())
    client = api(bob)
    assert client.post(CONFIRM, {"otp": code_for(client, post)}).status_code == 200
    assert recipients(post) == [NEW]
    assert EmailChange.objects.get().revert_until is None
    assert User.objects.get(id=bob.pk).email_verified_at is not None


def test_a_person_with_a_phone_alone_gets_an_address(api: Api, bob: User, post: Post) -> None:
    User.objects.filter(id=bob.pk).update(
        email=None, email_verified_at=None, phone="+14155552671", phone_verified_at=clock.now()
    )
    client = api(bob)
    assert client.post(CONFIRM, {"otp": code_for(client, post)}).status_code == 200
    assert (email_of(bob), recipients(post)) == (NEW, [NEW])


@pytest.mark.parametrize("written", ["bob@example.com", "BOB@example.com "])
def test_ones_own_address_is_no_change(api: Api, bob: User, written: str) -> None:
    answer = api(bob).post(ASK, {"new_email": written})
    assert (answer.status_code, answer.json()["code"]) == (400, "email_unchanged")
    assert not EmailChange.objects.exists()


@pytest.mark.parametrize(
    ("url", "body"),
    [
        (ASK, {}),
        (ASK, {"new_email": "nobody"}),
        (ASK, {"new_email": "a@example.com\r\nBcc: b@example.com"}),
        (ASK, {"new_email": NEW, "code": "12"}),
        (CONFIRM, {}),
        (CONFIRM, {"otp": "12345x"}),
    ],
)
def test_bad_input_is_named(api: Api, bob: User, url: str, body: dict[str, Any]) -> None:
    answer = api(bob).post(url, body)
    assert (answer.status_code, answer.json()["code"]) == (400, "validation_error")
    assert not EmailChange.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("url", [ASK, CONFIRM])
def test_a_stranger_changes_nothing(api: Api, url: str) -> None:
    answer = api(None).post(url, {"new_email": NEW, "otp": "123456"})
    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")
    assert not EmailChange.objects.exists()


def test_so_many_are_asked_for_in_an_hour(api: Api, bob: User, settings: Settings) -> None:
    settings.RATE_LIMIT_ENABLED = True
    client = api(bob)
    answers = [client.post(ASK, {"new_email": f"bob@n{number}.example.com"}) for number in range(6)]
    assert [answer.status_code for answer in answers] == [200] * limits.EMAIL_CHANGE.times + [429]


def test_one_mail_a_minute_goes_to_an_address(api: Api, alice: User, bob: User, settings: Settings) -> None:
    settings.RATE_LIMIT_ENABLED = True
    for person in (alice, bob):
        assert api(person).post(ASK, {"new_email": NEW}).json() == SENT
    assert Notification.objects.count() == 1


def test_others_are_told_within_the_transaction(api: Api, bob: User, post: Post) -> None:
    heard: list[tuple[str, bool]] = []

    def listen(user: User, **_: Any) -> None:
        heard.append((str(user.email), transaction.get_connection().in_atomic_block))

    email_changed.connect(listen)
    client = api(bob)
    client.post(CONFIRM, {"otp": code_for(client, post)})
    email_changed.disconnect(listen)
    assert heard == [(NEW, True)]


def test_rule_09_nobody_else_gets_the_old_address_for_three_days(api: Api, alice: User, bob: User, post: Post) -> None:
    client = api(bob)
    assert client.post(CONFIRM, {"otp": code_for(client, post)}).status_code == 200
    with pytest.raises(IntegrityError, match="held"), transaction.atomic():
        User.objects.create_user(email="bob@example.com", full_name="Mallory")
    with pytest.raises(IntegrityError, match="held"), transaction.atomic():
        User.objects.filter(id=alice.pk).update(email="bob@example.com")
    form = {"email": "bob@example.com", "full_name": "Mallory", "password": PASSWORD, "confirm_password": PASSWORD}
    count = Notification.objects.count()
    assert api(None).post("/api/v1/auth/register/", form).status_code == 201
    assert api(alice).post(ASK, {"new_email": "bob@example.com"}).json() == SENT
    assert (User.objects.count(), Notification.objects.count()) == (2, count)
    EmailChange.objects.filter(user=bob).update(revert_until=clock.now() - timedelta(hours=1))
    assert api(None).post("/api/v1/auth/register/", form).status_code == 201
    assert User.objects.count() == 3


def test_the_person_themselves_may_go_back_at_once(api: Api, bob: User, post: Post) -> None:
    for new_email in (NEW, "bob@example.com"):
        client = api(bob)
        assert client.post(CONFIRM, {"otp": code_for(client, post, new_email)}).status_code == 200
        assert email_of(bob) == new_email


@pytest.mark.django_db(transaction=True)
def test_of_two_people_one_gets_the_address(api: Api, alice: User, bob: User, post: Post) -> None:
    people = [alice, bob]
    clients = [api(person) for person in people]
    codes = [code_for(client, post) for client in clients]
    answers = together(2, lambda number: clients[number].post(CONFIRM, {"otp": codes[number]}).status_code)
    assert sorted(answers) == [200, 409]
    assert [email_of(person) == NEW for person in people] == [answer == 200 for answer in answers]


@pytest.mark.django_db(transaction=True)
def test_a_code_wins_once_however_many_enter_it(api: Api, bob: User, post: Post) -> None:
    token = open_session(user=bob).access_token
    Session.objects.update(is_proof_shown=True)

    def client() -> Any:
        mine = api(None)
        mine.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
        return mine

    code = code_for(client(), post)
    answers = together(12, lambda _: client().post(CONFIRM, {"otp": code}).status_code)
    assert (answers.count(200), set(answers) <= {200, 400, 401}) == (1, True)
    assert Session.objects.filter(revoked_at__isnull=True).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_sign_up_beside_the_confirmation_does_not_get_the_old_address(api: Api, bob: User, post: Post) -> None:
    client = api(bob)
    code = code_for(client, post)
    form = {"email": "bob@example.com", "full_name": "Mallory", "password": PASSWORD, "confirm_password": PASSWORD}

    def act(number: int) -> int:
        if number == 0:
            return int(client.post(CONFIRM, {"otp": code}).status_code)
        return int(api(None).post("/api/v1/auth/register/", form).status_code)

    assert together(4, act) == [200, 201, 201, 201]
    assert User.objects.get().email == NEW


def test_a_change_may_be_confirmed_for_an_hour(api: Api, bob: User) -> None:
    asked_at = clock.now()
    with time_machine.travel(asked_at, tick=False):
        api(bob).post(ASK, {"new_email": NEW})
    assert EmailChange.objects.get().expires_at == asked_at + timedelta(hours=1)
