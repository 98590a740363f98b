"""When a provider's word about an address counts."""

from typing import Any, ClassVar

import pytest

from accounts.models import CodePurpose, Identity, IdentityProvider, Session, User
from accounts.social.protocol.claims import Told, clean_name, told_by_apple, told_by_google
from accounts.tests.social.world import World
from accounts.verification import codes
from notifications.models import Delivery


@pytest.mark.parametrize("said", [True, "true"], ids=repr)
def test_rule_30_true_is_true(said: Any) -> None:
    assert told_by_google({"sub": "1", "email": "a@gmail.com", "email_verified": said}).is_verified
    assert told_by_apple({"sub": "1", "email": "a@example.com", "email_verified": said}).is_verified


@pytest.mark.parametrize(
    "said", [False, "false", "True", "TRUE", "1", 1, "yes", None, [True], {"a": 1}, " true"], ids=repr
)
def test_rule_30_nothing_else_is(said: Any) -> None:
    assert not told_by_google({"sub": "1", "email": "a@gmail.com", "email_verified": said}).is_verified
    assert not told_by_apple({"sub": "1", "email": "a@example.com", "email_verified": said}).is_verified


@pytest.mark.parametrize(
    ("email", "hd", "is_vouched_for"),
    [
        ("a@gmail.com", None, True),
        ("a@googlemail.com", None, True),
        ("a@company.example", "company.example", True),
        ("a@company.example", None, False),
        ("a@company.example", "", False),
        ("a@company.example", True, False),
        ("a@evil-gmail.com", None, False),
        ("a@gmail.com.evil.example", None, False),
    ],
)
def test_rule_30_google_vouches_for_what_it_hosts(email: str, hd: Any, is_vouched_for: bool) -> None:
    claims = {"sub": "1", "email": email, "email_verified": True, "hd": hd}
    assert told_by_google(claims).is_verified is is_vouched_for


@pytest.mark.parametrize(
    "email", [None, 7, "", "a", "a@", "a b@gmail.com", "a@gmail.com\x00", f"{'a' * 300}@gmail.com"]
)
def test_what_is_no_address_was_not_told(email: Any) -> None:
    told = told_by_google({"sub": "1", "email": email, "email_verified": True})
    assert (told.email, told.is_verified) == ("", False)


def test_rule_90_names_are_cleaned() -> None:
    assert clean_name("  Ada \t Lovelace\u0000 ") == "Ada Lovelace"
    assert clean_name(7) == ""


def test_a_report_of_an_error_names_nobody() -> None:
    told = Told(IdentityProvider.GOOGLE, "1", email="a@gmail.com", full_name="Ada", refresh_token="secret")
    assert repr(told) == "Told(google)"


class TestNobodyVouches:
    """A personal Google account with an address elsewhere: it was theirs once."""

    WHO: ClassVar[dict[str, Any]] = {"email": "grace@company.example", "email_verified": True}

    def test_a_new_account_awaits_a_code(self, world: World) -> None:
        answer = world.by_google(**self.WHO)
        assert (answer.status_code, answer.json()["code"]) == (403, "email_not_verified")
        user = User.objects.get()
        assert user.email_verified_at is None
        assert Delivery.objects.get().notification.kind == "accounts.verification_code"
        assert not Session.objects.exists()

    def test_the_code_of_the_owner_does_not_let_the_other_in(self, world: World) -> None:
        world.by_google("g-attacker", **self.WHO)
        user = User.objects.get()
        code = codes.issue(user_id=user.pk, email=str(user.email), purpose=CodePurpose.VERIFY_EMAIL)
        assert world.post("verify-otp", {"email": user.email, "otp": code}).status_code == 200
        answer = world.by_google("g-attacker", **self.WHO)
        assert (answer.status_code, answer.json()["code"]) == (409, "link_required")
        assert not Identity.objects.exists()

    def test_asking_again_sends_no_second_account(self, world: World) -> None:
        world.by_google(**self.WHO)
        assert world.by_google(**self.WHO).json()["code"] == "email_not_verified"
        assert User.objects.count() == 1

    def test_a_closed_account_is_not_written_to(self, world: World) -> None:
        world.by_google(**self.WHO)
        User.objects.update(is_active=False)
        Delivery.objects.all().delete()
        assert world.by_google(**self.WHO).json()["code"] == "link_required"
        assert not Delivery.objects.exists()


def test_an_address_that_an_operator_has_changed_awaits_its_code(world: World) -> None:
    world.by_google()
    User.objects.update(email="new@example.com", email_verified_at=None)
    answer = world.by_google()
    assert (answer.status_code, answer.json()["code"]) == (403, "email_not_verified")
    assert Delivery.objects.get().notification.kind == "accounts.verification_code"
