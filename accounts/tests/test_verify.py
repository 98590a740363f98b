import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings as django_settings
from django.db import transaction

from accounts.models import CodePurpose, OneTimeCode, Session, User
from accounts.sessions import Device
from accounts.tests.conftest import Post
from accounts.tests.together import together
from accounts.verification import codes, mailing, services
from conftest import Api
from notifications import kinds
from notifications.kinds import NoLongerNeeded
from notifications.models import Delivery, Notification
from notifications.services import notify
from numerai.common import clock

URL = "/api/v1/auth/verify-otp/"


BAD_CODES: list[Any] = [
    *(123456, None, True, [], {}, "", "12345", "1234567", "12345x", "-12345", "12 456"),
    "\uff11\uff12\uff13\uff14\uff15\uff16",
]


def sent_to(user: User) -> str:
    """A code as it has just been mailed to ``user``."""
    return codes.issue(user_id=user.pk, email=str(user.email), purpose=CodePurpose.VERIFY_EMAIL)


def sent_another(user: User, *, than: str) -> str:
    """Chance may make the same code twice."""
    return next(code for code in iter(lambda: sent_to(user), "") if code != than)


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


def test_the_mailed_code_signs_in(api: Api, dora: User, post: Post) -> None:
    mailing.send_code(dora)
    (mail,) = post()
    code = re.findall(r"\b\d{6}\b", mail.text)[0]
    assert mail.subject == f"{code} is your NumerAI code"
    assert code in mail.html
    assert [recipient.address for recipient in mail.to] == ["dora@example.com"]
    answer = api(None).post(
        URL, {"email": "Dora@example.com ", "otp": code}, headers={"user-agent": "Firefox\t on Mars"}
    )
    assert answer.status_code == 200
    assert set(answer.json()) == {"access_token", "refresh_token", "user", "has_password"}
    assert (answer.json()["user"]["is_verified"], answer.json()["has_password"]) == (True, True)
    client = api(None)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {answer.json()['access_token']}")
    assert client.get("/api/v1/users/profile/").json()["user"] == answer.json()["user"]
    session = Session.objects.get()
    assert (session.device, session.address) == ("Firefox  on Mars", "127.0.0.0")


def test_the_code_stands_nowhere(dora: User, post: Post) -> None:
    mailing.send_code(dora)
    code = post()[0].subject.split()[0]
    tables = [OneTimeCode.objects.values(), Notification.objects.values(), Delivery.objects.values()]
    assert not [row for table in tables for row in table if code in str(row)]


def test_a_name_given_by_a_stranger_is_not_mailed(dora: User, post: Post) -> None:
    User.objects.filter(id=dora.pk).update(full_name="Win a prize at evil.example")
    mailing.send_code(dora)
    assert "evil" not in post()[0].text + post()[0].html


def test_a_wrong_code_is_refused_and_nothing_changes(api: Api, dora: User) -> None:
    code = sent_to(dora)
    answer = api(None).post(URL, {"email": "dora@example.com", "otp": other_than(code)})
    assert (answer.status_code, answer.json()["code"]) == (400, "code_invalid")
    dora.refresh_from_db()
    assert not dora.is_verified
    assert not Session.objects.exists()
    assert OneTimeCode.objects.get().tries == 1


def test_three_tries_are_all(api: Api, dora: User) -> None:
    code = sent_to(dora)
    for _ in range(3):
        api(None).post(URL, {"email": "dora@example.com", "otp": other_than(code)})
    answer = api(None).post(URL, {"email": "dora@example.com", "otp": code})
    assert (answer.status_code, answer.json()["code"]) == (400, "code_invalid")
    assert OneTimeCode.objects.get().tries == 3


def test_a_right_third_try_counts(api: Api, dora: User) -> None:
    code = sent_to(dora)
    for _ in range(2):
        api(None).post(URL, {"email": "dora@example.com", "otp": other_than(code)})
    assert api(None).post(URL, {"email": "dora@example.com", "otp": code}).status_code == 200


def test_a_code_works_once(api: Api, dora: User) -> None:
    code = sent_to(dora)
    assert api(None).post(URL, {"email": "dora@example.com", "otp": code}).status_code == 200
    assert api(None).post(URL, {"email": "dora@example.com", "otp": code}).status_code == 400
    assert Session.objects.count() == 1


def test_a_code_ages(api: Api, dora: User) -> None:
    code = sent_to(dora)
    with time_machine.travel(clock.now() + django_settings.ONE_TIME_CODE_LIFETIME, tick=False):
        assert api(None).post(URL, {"email": "dora@example.com", "otp": code}).status_code == 400
    assert OneTimeCode.objects.get().tries == 0


def test_a_new_code_ends_the_one_before(api: Api, dora: User) -> None:
    first = sent_to(dora)
    second = sent_another(dora, than=first)
    assert api(None).post(URL, {"email": "dora@example.com", "otp": first}).status_code == 400
    assert api(None).post(URL, {"email": "dora@example.com", "otp": second}).status_code == 200
    assert OneTimeCode.objects.count() == 1


def test_a_new_code_brings_new_tries_and_time(dora: User) -> None:
    sent_to(dora)
    OneTimeCode.objects.update(tries=3, used_at=clock.now(), expires_at=clock.now() - timedelta(days=1))
    sent_to(dora)
    row = OneTimeCode.objects.get()
    assert (row.tries, row.used_at, row.expires_at > clock.now()) == (0, None, True)


def test_a_code_is_good_for_its_address_only(api: Api, dora: User) -> None:
    code = sent_to(dora)
    User.objects.filter(id=dora.pk).update(email="dora@other.example")
    assert api(None).post(URL, {"email": "dora@other.example", "otp": code}).status_code == 400


def test_a_code_is_good_for_its_person_only(api: Api, dora: User) -> None:
    code = sent_to(dora)
    eve = User.objects.create_user(email="eve@example.com", full_name="Eve")
    sent_another(eve, than=code)
    assert api(None).post(URL, {"email": "eve@example.com", "otp": code}).status_code == 400
    eve.refresh_from_db()
    assert not eve.is_verified


@pytest.mark.parametrize("change", [{"is_active": False}, {"email_verified_at": clock.now()}])
def test_who_awaits_no_code_cannot_use_one(api: Api, dora: User, change: dict[str, Any]) -> None:
    code = sent_to(dora)
    User.objects.filter(id=dora.pk).update(**change)
    answer = api(None).post(URL, {"email": "dora@example.com", "otp": code})
    assert (answer.status_code, answer.json()["code"]) == (400, "code_invalid")
    assert not Session.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("who", [{"email": "nobody@example.com"}, {"phone": "+14155552671"}])
def test_an_unknown_address_gets_the_same_answer(api: Api, who: dict[str, str], dora: User) -> None:
    code = sent_to(dora)
    unknown = api(None).post(URL, who | {"otp": code}).json()
    wrong = api(None).post(URL, {"email": "dora@example.com", "otp": other_than(code)}).json()
    assert unknown | {"request_id": ""} == wrong | {"request_id": ""}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "otp"),
        ({"otp": "123456"}, "email"),
        ({"email": "", "phone": "", "otp": "123456"}, "email"),
        ({"email": "dora@example.com"}, "otp"),
        *(({"email": "dora@example.com", "otp": otp}, "otp") for otp in BAD_CODES),
    ],
)
def test_bad_input_names_the_field(api: Api, body: dict[str, Any], field: str) -> None:
    answer = api(None).post(URL, body)
    assert (answer.status_code, answer.json()["code"]) == (400, "validation_error")
    assert field in {error["field"] for error in answer.json()["errors"]}


@pytest.mark.django_db(transaction=True)
def test_parallel_guesses_get_three_tries(api: Api, dora: User) -> None:
    wrong = other_than(sent_to(dora))
    body = {"email": "dora@example.com", "otp": wrong}
    answers = together(30, lambda _: api(None).post(URL, body).json()["code"])
    assert answers == ["code_invalid"] * 30
    assert OneTimeCode.objects.get().tries == 3


@pytest.mark.django_db(transaction=True)
def test_a_code_wins_once_however_many_enter_it(api: Api, dora: User) -> None:
    body = {"email": "dora@example.com", "otp": sent_to(dora)}
    answers = together(12, lambda _: api(None).post(URL, body).status_code)
    assert sorted(answers) == [200] + [400] * 11
    assert Session.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_could_take_the_count_back_is_refused(dora: User) -> None:
    sent_to(dora)
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        services.verify(email="dora@example.com", phone="", code="000000", device=Device())


@pytest.mark.django_db(transaction=True)
def test_parallel_mails_leave_one_live_code(dora: User) -> None:
    issued = together(8, lambda _: sent_to(dora))
    right = [code for code in set(issued) if _digest_of(dora, code) == bytes(OneTimeCode.objects.get().code_hash)]
    assert len(right) == 1


def _digest_of(user: User, code: str) -> bytes:
    return codes._digest(user.pk, str(user.email), CodePurpose.VERIFY_EMAIL, code)


@pytest.mark.parametrize(
    "change", [{"is_active": False}, {"email_verified_at": clock.now()}, {"email": None, "phone": "+14155552671"}]
)
def test_no_code_is_made_for_who_needs_none_any_more(dora: User, change: dict[str, Any]) -> None:
    User.objects.filter(id=dora.pk).update(**change)
    resolve = kinds.get("accounts.verification_code").resolve_context
    assert resolve is not None
    with pytest.raises(NoLongerNeeded):
        resolve(dora.pk, {})
    assert not OneTimeCode.objects.exists()


def test_a_mail_overtaken_by_the_verification_is_not_sent(dora: User, post: Post) -> None:
    notify(user=dora, kind="accounts.verification_code")
    User.objects.filter(id=dora.pk).update(email_verified_at=clock.now())
    assert post() == []
    assert Delivery.objects.get().status == "cancelled"
