"""What somebody gains who holds a stolen session, stands at the admin, or knows nothing but an address."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client, RequestFactory
from django.urls import reverse
from pytest_django import Settings

from accounts import limits
from accounts.factors import proofs
from accounts.factors.active import Factor
from accounts.leaving.erasing import erase_everything
from accounts.leaving.services import ask_deletion
from accounts.login.door import InvalidCredentials
from accounts.login.services import enter
from accounts.models import CodePurpose, EmailChange, Session, SessionEnd, SignInMethod, User
from accounts.sessions import Device, end_all_sessions
from accounts.tests.conftest import Post
from accounts.tests.factoring import CODES, showing, signed_in, with_app
from accounts.verification import codes
from conftest import PASSWORD, Api, make_user
from notifications.models import Notification
from numerai.common import clock
from numerai.common.errors import TooManyRequests

API = "/api/v1/"
NEW = "a sentence for the new one"


@pytest.fixture
def api(api: Api) -> Api:
    """Whoever is signed in has shown their password."""
    return showing(api)


class TestStolenSession:
    """Held for some minutes."""

    def test_it_does_not_become_fresh_by_going_on(self, api: Api, bob: User) -> None:
        client = api(bob)
        assert client.post(f"{API}users/email/", {"new_email": "new@example.com"}).status_code == 200
        earlier = clock.now() - timedelta(minutes=50)
        Session.objects.update(proved_at=earlier)
        code = codes.issue(user_id=bob.pk, email="new@example.com", purpose=CodePurpose.CHANGE_EMAIL)
        answer = client.post(f"{API}users/email/confirm/", {"otp": code})
        assert answer.status_code == 200
        assert Session.objects.get(revoked_at__isnull=True).proved_at == earlier
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {answer.json()['access_token']}")
        assert client.post(f"{API}users/delete-account/").json()["code"] == "fresh_login_required"

    def test_it_is_not_kept_fresh_by_one_dear_act_after_the_other(self, bob: User) -> None:
        with_app(bob)
        client = signed_in(bob)
        earlier = clock.now() - timedelta(minutes=14)
        Session.objects.update(proved_at=earlier, factor_proved_at=earlier)
        assert client.post(CODES).status_code == 200
        row = Session.objects.get(revoked_at__isnull=True)
        assert (row.proved_at, row.factor_proved_at, row.has_second_factor) == (earlier, earlier, True)


class TestThiefAtTheDoor:
    """Whose proof was right when it was looked at, and is not any more."""

    def test_they_are_out_once_all_sessions_have_ended(self, bob: User) -> None:
        """Such as by a passkey that is being removed at this moment."""
        just_read = User.objects.get(pk=bob.pk)
        end_all_sessions(user=bob, reason=SessionEnd.FACTOR_CHANGE)
        with pytest.raises(InvalidCredentials):
            enter(user=just_read, method=SignInMethod.PASSKEY, device=Device(), has_second_factor=True)
        assert not Session.objects.exists()


class TestGuesser:
    """Who has the password, and no second factor."""

    def test_their_guesses_are_told_once_a_day(self, bob: User, settings: Settings, post: Post) -> None:
        settings.RATE_LIMIT_ENABLED = True

        def guess(number: int) -> None:
            request = RequestFactory().post("/", REMOTE_ADDR=f"203.0.113.{number}")
            proofs.count(request, bob, Factor.TOTP)

        for number in range(proofs.DIGITS_FROM_ANYWHERE.times):
            guess(number)
        assert not Notification.objects.exists()
        for number in range(100, 103):
            with pytest.raises(TooManyRequests):
                guess(number)
        (mail,) = post()
        assert mail.subject == "Somebody is guessing your sign-in codes"
        assert [recipient.address for recipient in mail.to] == ["bob@example.com"]


class TestStranger:
    """Who knows an address."""

    @pytest.mark.parametrize(
        ("address", "mailbox"),
        [
            ("ada.lovelace+7@gmail.com", "adalovelace@gmail.com"),
            ("a.d.a@googlemail.com", "ada@gmail.com"),
            ("a.d.a+7@example.com", "a.d.a@example.com"),
            ("+7@example.com", "+7@example.com"),
            ("+14155552671", "+14155552671"),
        ],
    )
    def test_rule_51_they_do_not_fill_a_mailbox_under_many_names(self, address: str, mailbox: str) -> None:
        assert limits.mailbox_of(address) == mailbox

    def test_they_do_not_use_up_the_way_back_of_who_is_leaving(self, api: Api, bob: User, settings: Settings) -> None:
        settings.RATE_LIMIT_ENABLED = True
        ask_deletion(bob)
        assert limits.may_mail(str(bob.email))
        assert not limits.may_mail(str(bob.email))
        asked = Notification.objects.filter(kind="accounts.deletion_asked")
        for _ in range(2):
            answer = api(None).post(f"{API}auth/login/", {"email": bob.email, "password": PASSWORD})
            assert answer.json()["code"] == "account_leaving"
            assert asked.count() == 2


class TestOperator:
    """Who may change people, and nothing more."""

    @pytest.fixture
    def desk(self, db: None) -> Client:
        clerk = User.objects.create_user(email="clerk@example.com", full_name="Carl Clerk", is_staff=True)
        clerk.user_permissions.add(*Permission.objects.filter(codename__in=["view_user", "change_user"]))
        client = Client()
        client.force_login(clerk)
        return client

    @pytest.fixture
    def grace(self, db: None) -> User:
        return make_user(email="grace@example.com", full_name="Grace Hopper", born=None)

    def move(self, desk: Client, user: User, email: str) -> Any:
        form = {"email": email, "full_name": user.full_name, "is_active": "on"}
        management = {"sessions-TOTAL_FORMS": 0, "sessions-INITIAL_FORMS": 0}
        management |= {"identities-TOTAL_FORMS": 0, "identities-INITIAL_FORMS": 0}
        return desk.post(reverse("admin:accounts_user_change", args=[user.pk]), form | management)

    def test_the_old_address_hears_of_a_new_one(self, desk: Client, grace: User, post: Post) -> None:
        assert self.move(desk, grace, "clerk@elsewhere.example").status_code == 302
        (mail,) = post()
        assert [recipient.address for recipient in mail.to] == ["grace@example.com"]
        assert mail.subject == "We moved your NumerAI account to another address"
        assert "clerk" not in mail.text

    def test_the_old_address_hears_of_it_though_the_account_is_closed(
        self, desk: Client, grace: User, post: Post
    ) -> None:
        self.move(desk, grace, "clerk@elsewhere.example")
        User.objects.filter(pk=grace.pk).update(is_active=False)
        assert [recipient.address for mail in post() for recipient in mail.to] == ["grace@example.com"]

    def test_nobody_who_was_erased_is_brought_back(self, desk: Client, grace: User) -> None:
        erase_everything(grace.pk)
        before = User.objects.values().get(pk=grace.pk)
        assert self.move(desk, grace, "clerk@elsewhere.example").status_code == 403
        assert User.objects.values().get(pk=grace.pk) == before

    def test_a_first_address_is_told_to_nobody(self, desk: Client, db: None) -> None:
        user = User.objects.create_user(phone="+14155552671", full_name="Grace Hopper")
        assert self.move(desk, user, "grace@example.com").status_code == 302
        assert not Notification.objects.exists()

    def test_a_held_address_is_not_given_away(self, desk: Client, grace: User, bob: User) -> None:
        later = clock.now() + timedelta(days=2)
        EmailChange.objects.create(
            user=bob,
            old_email="held@example.com",
            new_email=str(bob.email),
            expires_at=later,
            confirmed_at=clock.now(),
            revert_until=later,
        )
        answer = self.move(desk, grace, "Held@example.com")
        assert answer.status_code == 200
        assert b"held for the person" in answer.content
        grace.refresh_from_db()
        assert grace.email == "grace@example.com"
        assert self.move(desk, grace, "free@example.com").status_code == 302
