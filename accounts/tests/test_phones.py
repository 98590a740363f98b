"""Signing up by phone: the code goes by text, and the number becomes an identity only once it was entered."""

import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs

import pytest
from django.db import IntegrityError, transaction
from pytest_django import Settings

from accounts.models import CodePurpose, EventKind, OneTimeCode, SecurityEvent, Session, User
from accounts.tests.together import together
from accounts.verification import services
from accounts.verification.mailing import fresh_code, fresh_phone_code
from conftest import PASSWORD, Api
from notifications.kinds import NoLongerNeeded
from notifications.models import Delivery, Notification
from notifications.tasks import deliver
from numerai.common import clock
from numerai.tests.http_peers import Peer, listening

REGISTER, VERIFY, RESEND, LOGIN = (
    f"/api/v1/auth/{name}/" for name in ("register", "verify-otp", "resend-otp", "login")
)
PHONE, WRITTEN = "+14155552671", "+1 (415) 555-2671"
FORM = {"phone": WRITTEN, "password": PASSWORD, "confirm_password": PASSWORD, "full_name": "Phoebe Phone"}
OTHER = {"password": "quite another sentence", "confirm_password": "quite another sentence"}
ANSWER = {"message": "We have sent you a text. Enter the code in it to finish signing up.", "phone": PHONE}

Texts = Callable[[], list[str]]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def texts(settings: Settings) -> Iterator[Texts]:
    """``texts()`` lets the worker send what waits, and answers every text that has arrived, oldest first."""
    with listening(Peer(status=201, body=b'{"sid": "SM%d"}', is_numbered=True)) as peer:
        settings.SMS_API_BASE = peer.url
        settings.SMS_ACCOUNT_SID, settings.SMS_AUTH_TOKEN, settings.SMS_SENDER = "AC1", "token", "+15005550006"

        def send() -> list[str]:
            for delivery in Delivery.objects.filter(status="pending").order_by("id"):
                deliver(delivery.pk)
            forms = [parse_qs(asked.body.decode()) for asked in peer.asked]
            assert {form["To"][0] for form in forms} <= {PHONE}
            return [form["Body"][0] for form in forms]

        yield send


def code_in(text: str) -> str:
    return str(re.findall(r"\b\d{6}\b", text)[0])


def sign_up(api: Api, texts: Texts, **more: str) -> str:
    assert api(None).post(REGISTER, FORM | more).status_code == 201
    return code_in(texts()[-1])


def test_from_sign_up_to_sign_in(api: Api, texts: Texts) -> None:
    answer = api(None).post(REGISTER, FORM)
    assert (answer.status_code, answer.json()) == (201, ANSWER)
    user = User.objects.get()
    assert (user.email, user.phone, user.is_verified) == (None, PHONE, False)
    (text,) = texts()
    assert text == f"{code_in(text)} is your NumerAI code. It works once, for 10 minutes. Never pass it on."
    verified = api(None).post(VERIFY, {"phone": PHONE, "otp": code_in(text)})
    assert (verified.status_code, verified.json()["user"]["is_verified"]) == (200, True)
    assert (verified.json()["user"]["email"], verified.json()["user"]["phone"]) == (None, PHONE)
    user.refresh_from_db()
    assert (user.email_verified_at, user.phone_verified_at is None) == (None, False)
    assert api(None).post(LOGIN, {"phone": WRITTEN, "password": PASSWORD}).status_code == 200
    kinds = list(SecurityEvent.objects.order_by("id").values_list("kind", flat=True))
    assert kinds == [EventKind.SIGN_UP, EventKind.ADDRESS_VERIFIED, EventKind.SIGN_IN, EventKind.SIGN_IN]


def test_without_an_account_for_texts_it_is_refused_honestly(api: Api, settings: Settings) -> None:
    settings.SMS_ACCOUNT_SID = ""
    answer = api(None).post(REGISTER, FORM)
    assert (answer.status_code, answer.json()["code"]) == (400, "phone_sign_up_unavailable")
    assert answer.json()["errors"][0]["field"] == "phone"
    assert not User.objects.exists()


def test_before_verifying_the_right_password_brings_a_new_code(api: Api, texts: Texts) -> None:
    sign_up(api, texts)
    answer = api(None).post(LOGIN, {"phone": PHONE, "password": PASSWORD})
    assert (answer.status_code, answer.json()["code"]) == (403, "phone_not_verified")
    assert len(texts()) == 2
    assert api(None).post(LOGIN, {"phone": PHONE, "password": "wrong words"}).json()["code"] == "invalid_credentials"
    assert api(None).post(VERIFY, {"phone": PHONE, "otp": code_in(texts()[-1])}).status_code == 200


def test_another_code_ends_the_one_before(api: Api, texts: Texts) -> None:
    first = sign_up(api, texts)
    assert api(None).post(RESEND, {"phone": PHONE}).status_code == 200
    second = code_in(texts()[-1])
    if first != second:
        assert api(None).post(VERIFY, {"phone": PHONE, "otp": first}).json()["code"] == "code_invalid"
    assert api(None).post(VERIFY, {"phone": PHONE, "otp": second}).status_code == 200


def test_rule_05_a_known_number_is_not_betrayed_and_its_owner_is_told(api: Api, texts: Texts, bob: User) -> None:
    User.objects.filter(id=bob.pk).update(phone=PHONE, phone_verified_at=clock.now())
    answer = api(None).post(REGISTER, FORM | OTHER)
    assert (answer.status_code, answer.json()) == (201, ANSWER)
    (text,) = texts()
    assert text.startswith("You already have a NumerAI account")
    assert "Phoebe" not in text
    assert User.objects.get().check_password(PASSWORD)


def test_a_number_that_somebody_noted_is_no_obstacle_and_the_verifier_wins(api: Api, texts: Texts, bob: User) -> None:
    User.objects.filter(id=bob.pk).update(phone=PHONE)
    code = sign_up(api, texts)
    bob.refresh_from_db()
    assert bob.phone == PHONE
    assert api(None).post(VERIFY, {"phone": PHONE, "otp": code}).status_code == 200
    bob.refresh_from_db()
    assert bob.phone is None
    assert User.objects.get(phone=PHONE).full_name == "Phoebe Phone"


def test_who_comes_too_late_with_the_code_does_not_win(api: Api, texts: Texts, bob: User) -> None:
    code = sign_up(api, texts)
    User.objects.filter(id=bob.pk).update(phone=PHONE, phone_verified_at=clock.now())
    late = api(None).post(VERIFY, {"phone": PHONE, "otp": code})
    assert (late.status_code, late.json()["code"]) == (400, "code_invalid")
    assert User.objects.filter(phone=PHONE, phone_verified_at__isnull=False).get() == bob
    assert not Session.objects.exists()


def test_two_sign_ups_with_two_passwords_leave_neither(api: Api, texts: Texts) -> None:
    sign_up(api, texts, full_name="Mallory", location="Elsewhere", **OTHER)
    assert api(None).post(REGISTER, FORM).json() == ANSWER
    user = User.objects.select_related("profile").get()
    assert (user.phone, user.full_name, user.profile.location) == (PHONE, "Phoebe Phone", "")
    assert not user.has_usable_password()
    chosen = {"new_password": "a sentence chosen with the code"}
    refused = api(None).post(VERIFY, {"phone": PHONE, "otp": code_in(texts()[-1])} | {"new_password": "Phoebe Phone1"})
    assert refused.json()["code"] == "validation_error"
    answer = api(None).post(VERIFY, {"phone": PHONE, "otp": code_in(texts()[-1])} | chosen)
    assert (answer.status_code, answer.json()["has_password"]) == (200, True)
    assert api(None).post(LOGIN, {"phone": PHONE, "password": chosen["new_password"]}).status_code == 200


def test_rule_02_eight_at_once_make_one_person(api: Api, texts: Texts) -> None:
    answers = together(8, lambda _: api(None).post(REGISTER, FORM))
    assert [(answer.status_code, answer.json()) for answer in answers] == [(201, ANSWER)] * 8
    assert User.objects.get().has_usable_password()


def test_two_people_cannot_have_one_lone_number() -> None:
    User.objects.create_user(phone=PHONE, full_name="One")
    with pytest.raises(IntegrityError, match="accounts_user_lone_phone_unique"), transaction.atomic():
        User.objects.create_user(phone=PHONE, full_name="Two")
    User.objects.create_user(email="three@example.com", phone=PHONE, full_name="Three")


def test_three_tries_are_all_however_many_at_once(api: Api, texts: Texts) -> None:
    code = sign_up(api, texts)
    wrong = f"{(int(code) + 1) % 10**6:06}"
    answers = together(12, lambda _: api(None).post(VERIFY, {"phone": PHONE, "otp": wrong}).json()["code"])
    assert answers == ["code_invalid"] * 12
    assert OneTimeCode.objects.get().tries == 3
    assert api(None).post(VERIFY, {"phone": PHONE, "otp": code}).json()["code"] == "code_invalid"


def test_a_code_by_text_verifies_no_address(api: Api, texts: Texts) -> None:
    code = sign_up(api, texts)
    User.objects.update(email="phoebe@example.com")
    answer = api(None).post(VERIFY, {"email": "phoebe@example.com", "otp": code})
    assert (answer.status_code, answer.json()["code"]) == (400, "code_invalid")
    assert not User.objects.get().is_verified


def test_a_code_is_no_good_once_the_person_has_an_address(api: Api, texts: Texts) -> None:
    """They may get one between the look at the code and the look at the person."""
    sign_up(api, texts)
    user = User.objects.get()
    User.objects.update(email="phoebe@example.com")
    with transaction.atomic():
        assert services._admit(user.pk, PHONE, "", purpose=CodePurpose.VERIFY_PHONE) is None
    assert not User.objects.get().is_verified


@pytest.mark.parametrize(
    "change", [{"is_active": False}, {"phone_verified_at": clock.now()}, {"email": "p@example.com"}]
)
def test_no_code_is_made_for_who_needs_none_any_more(change: dict[str, Any]) -> None:
    user = User.objects.create_user(phone=PHONE, full_name="Phoebe")
    with pytest.raises(NoLongerNeeded):
        fresh_code(user.pk, {})
    User.objects.filter(id=user.pk).update(**change)
    with pytest.raises(NoLongerNeeded):
        fresh_phone_code(user.pk, {})
    assert not OneTimeCode.objects.filter(purpose=CodePurpose.VERIFY_PHONE).exists()


def test_of_two_who_enter_codes_for_one_number_the_first_wins(api: Api, texts: Texts, bob: User) -> None:
    """The other may have been looked up before it was taken."""
    sign_up(api, texts)
    late = User.objects.get(email__isnull=True)
    User.objects.filter(id=bob.pk).update(phone=PHONE, phone_verified_at=clock.now())
    with transaction.atomic():
        assert services._admit(late.pk, PHONE, "", purpose=CodePurpose.VERIFY_PHONE) is None
    late.refresh_from_db()
    assert not late.is_verified


@pytest.mark.parametrize("known", [True, False])
def test_rule_05_asking_for_another_code_tells_nothing(api: Api, texts: Texts, known: bool) -> None:
    if known:
        User.objects.create_user(phone=PHONE, full_name="Phoebe")
    answer = api(None).post(RESEND, {"phone": PHONE})
    assert answer.json() == {"message": "If this account awaits a code, a new one is on its way."}
    assert len(texts()) == known
    assert Notification.objects.count() == known
