"""Two sign-ups for one address that nobody has verified yet: one of them is a stranger's."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction

from accounts.models import EmailChange, User
from accounts.registration import services
from accounts.registration.services import SignUp
from accounts.sessions import open_session
from accounts.tests.conftest import Post
from accounts.tests.together import together
from accounts.verification import mailing
from conftest import PASSWORD, Api
from notifications.models import Notification
from numerai.common import clock

OWNER = {
    "email": "dora@example.com",
    "password": PASSWORD,
    "confirm_password": PASSWORD,
    "full_name": "Dora Diaz",
    "date_of_birth": "1990-02-28",
}
STRANGER = {
    "email": "dora@example.com",
    "password": "the words of a stranger",
    "confirm_password": "the words of a stranger",
    "full_name": "Mallory",
    "date_of_birth": "1970-01-01",
    "gender": "male",
    "timezone": "Asia/Tokyo",
    "location": "Elsewhere",
    "phone": "+14155552671",
}
CHOSEN = "a sentence chosen with the code"


def sign_up(api: Api, form: dict[str, str]) -> None:
    assert api(None).post("/api/v1/auth/register/", form).status_code == 201


def enter_code(api: Api, post: Post, **more: str) -> Any:
    code = post()[0].subject.split()[0]
    return api(None).post("/api/v1/auth/verify-otp/", {"email": "dora@example.com", "otp": code} | more)


def can_sign_in(api: Api, password: str) -> bool:
    answer = api(None).post("/api/v1/auth/login/", {"email": "dora@example.com", "password": password})
    return bool(answer.status_code == 200)


@pytest.mark.django_db
def test_nothing_that_a_stranger_planted_remains(api: Api, post: Post) -> None:
    sign_up(api, STRANGER)
    sign_up(api, {name: value for name, value in OWNER.items() if name != "date_of_birth"})
    user = User.objects.select_related("profile").get()
    assert (user.full_name, user.phone, user.has_usable_password()) == ("Dora Diaz", None, False)
    profile = user.profile
    assert (profile.date_of_birth, profile.gender, profile.timezone, profile.location) == (None, "", "UTC", "")
    assert profile.profile_completed_at is None


@pytest.mark.django_db
def test_the_newest_details_stand_without_a_phone(api: Api) -> None:
    sign_up(api, OWNER)
    sign_up(api, STRANGER)
    user = User.objects.select_related("profile").get()
    assert (user.full_name, user.phone, user.profile.location) == ("Mallory", None, "Elsewhere")
    assert (user.profile.date_of_birth, user.profile.profile_completed_at is None) == (date(1970, 1, 1), False)


@pytest.mark.django_db
@pytest.mark.parametrize("forms", [(OWNER, STRANGER), (STRANGER, OWNER)])
def test_the_owner_chooses_a_password_with_the_code(api: Api, post: Post, forms: tuple[dict[str, str], ...]) -> None:
    for form in forms:
        sign_up(api, form)
    answer = enter_code(api, post, new_password=CHOSEN)
    assert (answer.status_code, answer.json()["has_password"]) == (200, True)
    assert can_sign_in(api, CHOSEN)
    assert not can_sign_in(api, PASSWORD)
    assert not can_sign_in(api, STRANGER["password"])


def test_a_password_that_holds_is_not_replaced(api: Api, dora: User, post: Post) -> None:
    mailing.send_code(dora)
    answer = enter_code(api, post, new_password=CHOSEN)
    assert (answer.status_code, answer.json()["has_password"]) == (200, True)
    assert can_sign_in(api, PASSWORD)
    assert not can_sign_in(api, CHOSEN)


@pytest.mark.parametrize("blank", [{}, {"new_password": ""}])
def test_without_a_new_one_there_is_none(api: Api, dora: User, post: Post, blank: dict[str, str]) -> None:
    User.objects.filter(id=dora.pk).update(password="!")
    mailing.send_code(dora)
    assert enter_code(api, post, **blank).json()["has_password"] is False


@pytest.mark.parametrize("weak", ["short", "1234567890", "dora@example.com", "Dora Diaz1", "x" * 1025])
def test_a_weak_password_is_refused_and_the_code_stays_good(api: Api, dora: User, post: Post, weak: str) -> None:
    User.objects.filter(id=dora.pk).update(password="!")
    mailing.send_code(dora)
    refused = enter_code(api, post, new_password=weak)
    assert (refused.status_code, refused.json()["code"]) == (400, "validation_error")
    assert {error["field"] for error in refused.json()["errors"]} == {"new_password"}
    assert enter_code(api, post, new_password=CHOSEN).json()["has_password"] is True


def test_a_wrong_code_sets_no_password(api: Api, dora: User, post: Post) -> None:
    User.objects.filter(id=dora.pk).update(password="!")
    mailing.send_code(dora)
    wrong = f"{(int(post()[0].subject.split()[0]) + 1) % 10**6:06}"
    form = {"email": "dora@example.com", "otp": wrong, "new_password": CHOSEN}
    assert api(None).post("/api/v1/auth/verify-otp/", form).json()["code"] == "code_invalid"
    dora.refresh_from_db()
    assert not dora.has_usable_password()


def test_a_name_on_record_does_not_show_before_the_code_is_right(api: Api, dora: User) -> None:
    form = {"email": "dora@example.com", "otp": "000000", "new_password": "Dora Diaz1"}
    assert api(None).post("/api/v1/auth/verify-otp/", form).json()["code"] == "code_invalid"


def test_details_of_one_who_was_in_before_are_not_overwritten(api: Api, bob: User) -> None:
    open_session(user=bob)
    User.objects.filter(id=bob.pk).update(email="dora@example.com", email_verified_at=None)
    sign_up(api, STRANGER)
    bob.refresh_from_db()
    assert (bob.full_name, bob.profile.date_of_birth) == ("Bob Stone", date(1990, 8, 15))
    assert not bob.has_usable_password()


@pytest.mark.django_db(transaction=True)
def test_a_sign_up_beside_the_code_leaves_no_half_of_either(api: Api, dora: User, post: Post) -> None:
    mailing.send_code(dora)
    code = post()[0].subject.split()[0]
    calls = [
        lambda: api(None).post("/api/v1/auth/register/", STRANGER),
        lambda: api(None).post("/api/v1/auth/verify-otp/", {"email": "dora@example.com", "otp": code}),
    ]
    answers = together(2, lambda number: calls[number]())
    assert [answer.status_code for answer in answers] == [201, 200]
    dora.refresh_from_db()
    assert dora.is_verified
    assert answers[1].json()["has_password"] is dora.has_usable_password()
    assert (dora.full_name == "Dora Diaz") is dora.has_usable_password()


@pytest.mark.django_db
def test_an_address_that_is_held_for_another_is_not_betrayed_and_not_mailed(api: Api, bob: User) -> None:
    now = clock.now()
    EmailChange.objects.create(
        user=bob,
        old_email="dora@example.com",
        new_email=str(bob.email),
        expires_at=now,
        confirmed_at=now,
        revert_hash=b"x" * 32,
        revert_until=now + timedelta(hours=72),
    )
    sign_up(api, OWNER)
    assert not User.objects.filter(email="dora@example.com").exists()
    assert not Notification.objects.exists()


def test_a_sign_up_that_comes_after_the_code_settles_nothing(dora: User) -> None:
    seen = User.objects.get(id=dora.pk)
    User.objects.filter(id=dora.pk).update(email_verified_at=clock.now())
    with transaction.atomic():
        services._settle_contest(seen, SignUp(email="dora@example.com", password="x" * 12, full_name="Mallory"))
    dora.refresh_from_db()
    assert (dora.full_name, dora.has_usable_password()) == ("Dora Diaz", True)
