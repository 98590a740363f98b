"""What somebody gains who holds a stolen session, stands at the admin, or knows nothing but an address."""

from datetime import timedelta

from pytest_django import Settings

from accounts import limits
from accounts.leaving.services import ask_deletion
from accounts.models import CodePurpose, Session, User
from accounts.tests.factoring import CODES, signed_in, with_app
from accounts.verification import codes
from conftest import PASSWORD, Api
from notifications.models import Notification
from numerai.common import clock

API = "/api/v1/"


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


class TestStranger:
    """Who knows an address."""

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
