"""The address belongs to somebody already: when the two become one, and what dies when a stranger was there first."""

from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db.models import ForeignKey
from rest_framework.test import APIClient

from accounts.factors.ways import recovery
from accounts.models import (
    AuthenticatorApp,
    CodePurpose,
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
from accounts.sessions import end_all_sessions, open_session
from accounts.social.handing_over import KEYS
from accounts.tests.social.world import World
from accounts.verification import codes
from conftest import PASSWORD, make_user
from notifications.destinations.services import register
from notifications.models import Delivery, Destination
from notifications.vocabulary import ChannelName
from numerai.common import clock

GMAIL = "grace@gmail.com"


def person(**fields: Any) -> User:
    return make_user(email=GMAIL, full_name="Grace Hopper", born=None, **fields)


class TestVerifiedMeetsVerified:
    def test_rule_28_the_two_become_one_and_the_owner_is_told(self, world: World) -> None:
        user = person()
        answer = world.by_google()
        assert answer.status_code == 200, answer.json()
        assert answer.json()["user"]["id"] == str(user.pk)
        assert Identity.objects.get().user_id == user.pk
        user.refresh_from_db()
        assert user.check_password(PASSWORD)
        assert [each.notification.kind for each in Delivery.objects.all()] == ["accounts.identity_linked"]
        assert SecurityEvent.objects.get(kind=EventKind.IDENTITY_LINKED).user_id == user.pk

    def test_rule_28_not_with_a_second_account_of_the_provider(self, world: World) -> None:
        user = person()
        Identity.objects.create(user=user, provider="google", subject="g-old")
        answer = world.by_google("g-new")
        assert (answer.status_code, answer.json()["code"]) == (409, "link_required")
        assert [row.subject for row in Identity.objects.all()] == ["g-old"]
        assert not Session.objects.exists()

    def test_rule_28_not_when_nobody_vouches_for_the_address(self, world: World) -> None:
        person()
        assert world.by_google(email_verified=False).json()["code"] == "link_required"
        assert world.by_google(email_verified="false").json()["code"] == "link_required"
        assert not Identity.objects.exists()

    def test_rule_28_not_when_the_account_is_verified_by_phone_alone(self, world: World) -> None:
        user = person(phone="+14155550123", phone_verified_at=clock.now())
        User.objects.update(email_verified_at=None)
        assert world.by_google().json()["code"] == "link_required"
        user.refresh_from_db()
        assert user.check_password(PASSWORD)
        assert not Identity.objects.exists()

    def test_a_closed_account_stays_closed_and_unlinked(self, world: World) -> None:
        person()
        User.objects.update(is_active=False)
        answer = world.by_google()
        assert answer.status_code in {400, 403}
        assert "access_token" not in answer.json()
        assert not Identity.objects.exists()

    def test_an_operators_account_is_not_handed_over(self, world: World) -> None:
        user = person(is_staff=True)
        User.objects.update(email_verified_at=None)
        assert world.by_google().json()["code"] == "link_required"
        user.refresh_from_db()
        assert user.check_password(PASSWORD)

    def test_an_address_that_is_held_for_its_former_owner_is_not_to_be_had(self, world: World) -> None:
        user = make_user(email="new@example.com", full_name="Grace Hopper", born=None)
        now = clock.now()
        EmailChange.objects.create(
            user=user,
            old_email=GMAIL,
            new_email="new@example.com",
            expires_at=now,
            confirmed_at=now,
            revert_hash=b"0" * 32,
            revert_until=now + timedelta(hours=1),
        )
        assert world.by_google().json()["code"] == "link_required"
        assert User.objects.count() == 1


class TestStrangerWasThereFirst:
    """Somebody signed up with Grace's address and hoped that she would come."""

    @pytest.fixture
    def planted(self, world: World) -> User:
        user = person()
        user.profile.bio = "planted"
        user.profile.save()
        return user

    def test_rule_29_all_that_the_stranger_kept_is_dead(self, world: World, planted: User) -> None:
        pair = open_session(user=planted)
        code = codes.issue(user_id=planted.pk, email=GMAIL, purpose=CodePurpose.VERIFY_EMAIL)
        reset = codes.issue(user_id=planted.pk, email=GMAIL, purpose=CodePurpose.RESET_PASSWORD)
        tomorrow = clock.now() + timedelta(days=1)
        ResetLink.objects.create(user=planted, token_hash=b"1" * 32, bound_to=b"1" * 32, expires_at=tomorrow)
        EmailChange.objects.create(user=planted, old_email=GMAIL, new_email="m@example.com", expires_at=tomorrow)
        AuthenticatorApp.objects.create(user=planted, secret=b"x")
        recovery.make(planted)
        Identity.objects.create(user=planted, provider="apple", subject="a-mallory")
        User.objects.update(email_verified_at=None)
        register(user=User.objects.get(), channel=ChannelName.MOBILE_PUSH, address={"token": "mallory"})

        answer = world.by_google()
        assert answer.status_code == 200, answer.json()
        assert answer.json()["user"]["id"] == str(planted.pk)
        assert not Destination.objects.exists()

        stranger = APIClient()
        stranger.credentials(HTTP_AUTHORIZATION=f"Bearer {pair.access_token}")
        assert stranger.get("/api/v1/users/profile/").status_code == 401
        assert world.post("refresh-token", {"refresh": pair.refresh_token}).status_code == 401
        assert world.post("login", {"email": GMAIL, "password": PASSWORD}).status_code == 400
        assert world.post("verify-otp", {"email": GMAIL, "otp": code}).status_code == 400
        confirm = {"email": GMAIL, "otp": reset, "new_password": "another long sentence"}
        assert world.post("password-reset-confirm", confirm).status_code == 400
        for table in KEYS:
            left = table._default_manager.filter(user=planted)
            assert [str(row) for row in left] == ([str(Identity.objects.get())] if table is Identity else [])
        assert world.by_apple("a-mallory", email="m@example.com").json()["user"]["id"] != str(planted.pk)

    def test_rule_29_what_the_stranger_wrote_goes_too(self, world: World, planted: User) -> None:
        User.objects.update(email_verified_at=None, full_name="Mallory", phone="+14155550123")
        assert world.by_google().status_code == 200
        planted.refresh_from_db()
        planted.profile.refresh_from_db()
        assert (planted.full_name, planted.phone, planted.profile.bio) == ("Grace Hopper", None, "")
        assert planted.email_verified_at is not None
        assert not planted.has_usable_password()

    def test_what_somebody_wrote_who_has_been_in_stays(self, world: World, planted: User) -> None:
        open_session(user=planted)
        User.objects.update(email_verified_at=None)
        assert world.by_google().status_code == 200
        planted.profile.refresh_from_db()
        assert planted.profile.bio == "planted"

    def test_what_they_wrote_stays_after_their_sessions_are_forgotten(self, world: World, planted: User) -> None:
        open_session(user=planted)
        end_all_sessions(user=planted, reason=SessionEnd.OPERATOR)
        Session.objects.all().delete()
        User.objects.update(email_verified_at=None)
        assert world.by_google().status_code == 200
        planted.profile.refresh_from_db()
        assert planted.profile.bio == "planted"

    @pytest.mark.parametrize("factor", ["app", "passkey"])
    def test_rule_08_an_address_that_an_operator_has_changed_is_no_way_around_the_factor(
        self, world: World, planted: User, factor: str
    ) -> None:
        if factor == "app":
            AuthenticatorApp.objects.create(user=planted, secret=b"x", confirmed_at=clock.now())
        else:
            Passkey.objects.create(user=planted, credential_id=b"x", credential=b"x", name="Grace's")
        User.objects.update(email_verified_at=None)
        answer = world.by_google()
        assert (answer.status_code, answer.json()["code"]) == (409, "link_required")
        assert not Identity.objects.exists()
        assert AuthenticatorApp.objects.count() + Passkey.objects.count() == 1
        planted.refresh_from_db()
        assert planted.check_password(PASSWORD)

    def test_rule_29_a_change_that_was_to_lead_here_is_dead(self, world: World) -> None:
        mallory = make_user(email="mallory@example.com", full_name="Mallory", born=None)
        later = clock.now() + timedelta(hours=1)
        EmailChange.objects.create(user=mallory, old_email=mallory.email, new_email=GMAIL, expires_at=later)
        assert world.by_google().status_code == 200
        assert not EmailChange.objects.exists()
        assert User.objects.get(email=GMAIL).pk != mallory.pk

    def test_rule_29_nothing_that_opens_an_account_is_forgotten(self) -> None:
        """A new table that hangs on a person opens their account, or it is named here as one that does not."""
        opens_nothing = {"Profile", "Session", "TokenRevocation", "ExportJob", "User_groups", "User_user_permissions"}
        hanging = {
            model.__name__
            for model in apps.get_app_config("accounts").get_models(include_auto_created=True)
            if any(isinstance(field, ForeignKey) and field.related_model is User for field in model._meta.get_fields())
        }
        assert hanging - opens_nothing == {model.__name__ for model in KEYS}
        assert OneTimeCode in KEYS
