from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.models import (
    CodePurpose,
    EmailChange,
    OneTimeCode,
    Plan,
    Profile,
    ResetLink,
    Session,
    User,
    normalise_email,
)
from accounts.sessions import open_session
from numerai.common import clock


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        (None, None),
        ("", None),
        ("   ", None),
        (" A@B.example ", "a@b.example"),
        ("a@Bücher.example", "a@xn--bcher-kva.example"),
        ("a@b..example", "a@b..example"),
        ("A", "a"),
    ],
)
def test_an_address_has_one_form(written: str | None, kept: str | None) -> None:
    assert normalise_email(written) == kept


@pytest.mark.parametrize(
    "wrong",
    [
        {"email": ""},
        {"email": "Bob@example.com"},
        {"email": "alice@example.com"},
        {"email": None, "phone": None},
        {"phone": "4155552671"},
        {"phone": "+0155552671"},
        {"plan": "gold"},
    ],
)
def test_the_database_refuses_an_impossible_person(alice: User, bob: User, wrong: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(id=bob.pk).update(**wrong)


def test_a_verified_number_belongs_to_one_person(alice: User, bob: User) -> None:
    number = {"phone": "+14155552671"}
    User.objects.filter(id=alice.pk).update(**number, phone_verified_at=clock.now())
    User.objects.filter(id=bob.pk).update(**number)
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(id=bob.pk).update(phone_verified_at=clock.now())


@pytest.mark.parametrize("wrong", [{"gender": "robot"}, {"date_of_birth": date(999, 12, 31)}])
def test_the_database_refuses_an_impossible_profile(bob: User, wrong: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Profile.objects.filter(user=bob).update(**wrong)


def test_the_database_refuses_an_impossible_session(bob: User) -> None:
    open_session(user=bob)
    for wrong in ({"revoked_at": clock.now()}, {"revoke_reason": "logout"}, {"ends_at": clock.now()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Session.objects.update(**wrong)


def test_the_database_refuses_an_impossible_code(dora: User) -> None:
    code = {"user": dora, "purpose": CodePurpose.VERIFY_EMAIL, "code_hash": b"x" * 32, "expires_at": clock.now()}
    OneTimeCode.objects.create(**code)
    for wrong in (code, code | {"purpose": "open_sesame"}, code | {"tries": 4}):
        with pytest.raises(IntegrityError), transaction.atomic():
            OneTimeCode.objects.create(**wrong)


@pytest.mark.parametrize(
    ("plan", "until", "now_on"),
    [
        (Plan.PREMIUM, None, "premium"),
        (Plan.PREMIUM, datetime(2026, 11, 20, 12, 0, 1, tzinfo=UTC), "premium"),
        (Plan.PREMIUM, datetime(2026, 11, 20, 12, tzinfo=UTC), "free"),
        (Plan.FREE, None, "free"),
    ],
)
def test_a_plan_ends_at_its_moment(plan: Plan, until: datetime | None, now_on: str) -> None:
    user = User(plan=plan, plan_until=until)
    assert user.plan_at(datetime(2026, 11, 20, 12, tzinfo=UTC)) == now_on


@pytest.mark.django_db
def test_the_database_agrees_that_nobody_is_named_by_nothing() -> None:
    User.objects.create_user(phone="+14155552671", full_name="Phone Only", password="a sentence of some length")
    for nothing in (None, "", "  "):
        with pytest.raises(User.DoesNotExist):
            User.objects.get_by_natural_key(nothing)


def test_operators_are_found_however_they_write_themselves(operator: User) -> None:
    assert User.objects.get_by_natural_key(" Operator@Example.com") == operator


def test_a_person_and_a_profile_are_saved_as_one(alice: User) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user(email="alice@example.com", full_name="Second")
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.add(User(email="new@example.com", full_name="New"), Profile(gender="robot"))
    assert User.objects.get() == alice
    assert Profile.objects.get().user == alice


def test_cleaning_normalises(alice: User) -> None:
    alice.email = "ALICE@Example.com"
    alice.full_clean()
    assert alice.email == "alice@example.com"
    twin = User(email="Alice@example.com", full_name="Twin", password="!")
    with pytest.raises(ValidationError, match="already exists"):
        twin.full_clean()


def test_rows_name_themselves(alice: User, dora: User) -> None:
    open_session(user=alice)
    today = f"{clock.now():%Y-%m-%d}"
    code = OneTimeCode.objects.create(
        user=dora, purpose=CodePurpose.VERIFY_EMAIL, code_hash=b"x" * 32, expires_at=clock.now()
    )
    assert str(alice) == "alice@example.com"
    assert str(User(phone="+14155552671")) == "+14155552671"
    assert str(alice.profile) == f"Profile of {alice.id}"
    assert str(Session.objects.get()) == f"Unknown device since {today}"
    assert str(code) == f"Code of {code.created_at:%Y-%m-%d %H:%M} for verify email"
    assert str(EmailChange(created_at=code.created_at)) == f"E-mail change of {code.created_at:%Y-%m-%d %H:%M}"
    assert str(ResetLink(created_at=code.created_at)) == f"Reset link of {code.created_at:%Y-%m-%d %H:%M}"
