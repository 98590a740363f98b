"""Who signs up and never verifies it is forgotten; whoever has ever been in is not."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.apps import apps
from pytest_django import Settings
from structlog.testing import capture_logs

from accounts.models import (
    CodePurpose,
    EventKind,
    OneTimeCode,
    Plan,
    Profile,
    SecurityEvent,
    SessionEnd,
    Tombstone,
    User,
)
from accounts.registration import purging
from accounts.sessions import end_all_sessions, open_session
from accounts.tasks import purge_ended, purge_sign_ups
from accounts.verification import codes
from conftest import PASSWORD, Api
from notifications.models import Delivery, Notification
from numerai.common import clock, privacy

REGISTER = "/api/v1/auth/register/"
FORM = {
    "email": "eve@example.com",
    "password": PASSWORD,
    "confirm_password": PASSWORD,
    "full_name": "Eve Early",
    "date_of_birth": "1990-01-02",
}


def signed_up(email: str = "eve@example.com", *, days_ago: float = 31, **columns: Any) -> User:
    user = User.objects.create_user(email=email, password=PASSWORD, full_name="Eve Early")
    User.objects.filter(pk=user.pk).update(created_at=clock.now() - timedelta(days=days_ago), **columns)
    return user


def is_gone(user: User) -> bool:
    user.refresh_from_db()
    return user.email == f"{user.pk.hex}@erased.invalid"


@pytest.fixture
def erased_too() -> Iterator[list[Callable[[UUID], object]]]:
    """What happens besides whenever somebody is erased."""
    acts: list[Callable[[UUID], object]] = []

    def erase(user_id: UUID) -> dict[str, int]:
        return {"acts": len([act(user_id) for act in acts])}

    privacy.register(privacy.Holding(app="a sample", tables=(), erase=erase))
    yield acts
    privacy.registry._holdings.pop("a sample")


def test_a_sign_up_is_erased_after_thirty_days(api: Api, alice: User) -> None:
    start = clock.now()
    assert api(None).post(REGISTER, FORM).status_code == 201
    user = User.objects.get(email="eve@example.com")
    for days, left in ((0, True), (29.9, True), (30.1, False)):
        with time_machine.travel(start + timedelta(days=days), tick=False):
            purge_ended()
            purge_sign_ups()
        assert is_gone(user) is not left, days
    profile = Profile.objects.get(user=user)
    assert (user.full_name, user.is_active, profile.date_of_birth) == ("Erased", False, None)
    assert not Notification.objects.filter(recipient=user).exists()
    assert not Delivery.objects.filter(destination="eve@example.com").exists()
    assert Tombstone.objects.filter(pk=user.pk).exists()
    assert SecurityEvent.objects.filter(user_id=user.pk, kind=EventKind.ERASED).count() == 1
    assert User.objects.get(pk=alice.pk).email == "alice@example.com"
    assert api(None).post(REGISTER, FORM).status_code == 201
    assert User.objects.get(email="eve@example.com").pk != user.pk


def test_nobody_is_erased_twice(db: None) -> None:
    signed_up()
    with capture_logs() as logs:
        assert [purging.purge_sign_ups(), purging.purge_sign_ups()] == [1, 0]
    assert [line["purged"] for line in logs if line["event"] == "sign_ups_purged"] == [1, 0]


@pytest.mark.parametrize(
    "column",
    ["email_verified_at", "phone_verified_at", "session_epoch", "is_active", "is_staff", "is_superuser", "plan"],
)
def test_who_has_proved_something_or_was_made_something_stays(db: None, column: str) -> None:
    values: dict[str, Any] = {
        "phone": "+14155552671",
        "email_verified_at": clock.now(),
        "phone_verified_at": clock.now(),
        "session_epoch": 1,
        "is_active": False,
        "is_staff": True,
        "is_superuser": True,
        "plan": Plan.PREMIUM,
    }
    user = signed_up(phone=values["phone"], **{column: values[column]})
    assert purging.purge_sign_ups() == 0
    assert not is_gone(user)


def test_who_has_been_in_stays_though_an_operator_has_changed_the_address(db: None) -> None:
    inside, outside = signed_up("in@example.com"), signed_up("out@example.com")
    User.objects.filter(pk=inside.pk).update(email_verified_at=clock.now())
    open_session(user=inside)
    User.objects.filter(pk=inside.pk).update(email_verified_at=None)
    end_all_sessions(user=outside, reason=SessionEnd.OPERATOR)
    assert purging.purge_sign_ups() == 0


def test_who_has_asked_for_another_code_is_given_the_time_to_enter_it(db: None) -> None:
    user = signed_up()
    codes.issue(user_id=user.pk, email=str(user.email), purpose=CodePurpose.VERIFY_EMAIL)
    assert purging.purge_sign_ups() == 0
    OneTimeCode.objects.all().delete()
    assert purging.purge_sign_ups() == 1


def test_whom_the_books_name_stays(db: None) -> None:
    buyer, other = signed_up("buyer@example.com", days_ago=40), signed_up()
    apps.get_model("payments.StripeCustomer").objects.create(user_id=buyer.pk, stripe_id="cus_1", livemode=False)
    assert purging.purge_sign_ups() == 1
    assert [is_gone(buyer), is_gone(other)] == [False, True]


def test_who_verifies_at_that_very_moment_stays(db: None, erased_too: list[Callable[[UUID], object]]) -> None:
    first, second = signed_up("first@example.com", days_ago=40), signed_up("second@example.com")
    erased_too.append(lambda _: User.objects.filter(pk=second.pk).update(email_verified_at=clock.now()))
    assert purging.purge_sign_ups() == 1
    assert [is_gone(first), is_gone(second)] == [True, False]


def test_when_the_time_is_up_the_rest_is_for_later(db: None, settings: Settings) -> None:
    settings.CLEANING_SECONDS = 0
    oldest, newest = signed_up("oldest@example.com", days_ago=50), signed_up(days_ago=40)
    assert [purging.purge_sign_ups(), is_gone(oldest), is_gone(newest)] == [1, True, False]
    assert [purging.purge_sign_ups(), is_gone(newest), purging.purge_sign_ups()] == [1, True, 0]


def test_what_fails_leaves_everybody_whole(db: None, erased_too: list[Callable[[UUID], object]]) -> None:
    user = signed_up()

    def fail(_: UUID) -> None:
        raise RuntimeError("no")

    erased_too.append(fail)
    with pytest.raises(RuntimeError):
        purging.purge_sign_ups()
    assert not is_gone(user)
    assert not Tombstone.objects.exists()
