"""The person's own list: link with a fresh proof, unlink what is not the last way in."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from accounts.models import (
    EventKind,
    Identity,
    IdentityProvider,
    Passkey,
    SecurityEvent,
    Session,
    SessionEnd,
    SignInMethod,
    TokenRevocation,
    User,
)
from accounts.sessions import end_all_sessions, open_session
from accounts.social import linking
from accounts.social.protocol.claims import Told
from accounts.tests.factoring import showing
from accounts.tests.social.world import World
from accounts.tests.together import together
from conftest import Api
from notifications.models import Delivery
from numerai.common import clock
from numerai.common.errors import NotAuthenticated


@pytest.fixture
def api(api: Api) -> Api:
    """Whoever is signed in has shown their password."""
    return showing(api)


def mails() -> list[str]:
    return [each.notification.kind for each in Delivery.objects.order_by("id")]


def _opened(user: User) -> UUID:
    open_session(user=user)
    return Session.objects.get(user=user).pk


def make_stale() -> None:
    Session.objects.update(proved_at=clock.now() - timedelta(hours=1))


def unlink(client: APIClient, identity: Identity | Any) -> Any:
    return client.delete(reverse("identity", args=[identity.pk]))


class TestList:
    def test_it_shows_the_persons_own(
        self, bob: User, charlie: User, api: Api, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        mine = Identity.objects.create(user=bob, provider="google", subject="g-1", email="bob@gmail.com")
        Identity.objects.create(user=charlie, provider="google", subject="g-2")
        client = api(bob)
        with django_assert_num_queries(2):
            answer = client.get(reverse("identities"))
        assert [set(row) for row in answer.json()] == [
            {"id", "provider", "email", "is_private_relay", "email_deliverable", "created_at", "last_used_at"}
        ]
        assert answer.json()[0]["id"] == str(mine.pk)


class TestLinking:
    def test_google_is_linked_and_the_person_told(self, world: World, bob: User, api: Api) -> None:
        answer = world.post("link-google", {"id_token": world.google_token()}, api(bob))
        assert answer.status_code == 200, answer.json()
        identity = Identity.objects.get()
        assert (identity.user, answer.json()["id"]) == (bob, str(identity.pk))
        assert mails() == ["accounts.identity_linked"]
        event = SecurityEvent.objects.get(kind=EventKind.IDENTITY_LINKED)
        assert (event.user_id, event.session_id) == (bob.pk, Session.objects.get().pk)
        assert world.by_google().json()["user"]["id"] == str(bob.pk)

    def test_apple_is_linked_by_code(self, world: World, bob: User, api: Api) -> None:
        assert world.post("link-apple", world.apple_code(), api(bob)).status_code == 200
        assert Identity.objects.get().sealed_refresh_token

    def test_linking_again_changes_nothing(self, world: World, bob: User, api: Api) -> None:
        client = api(bob)
        for _ in range(2):
            assert world.post("link-google", {"id_token": world.google_token()}, client).status_code == 200
        assert Identity.objects.count() == 1
        assert mails() == ["accounts.identity_linked"]

    @pytest.mark.parametrize("name", ["link-google", "link-apple"])
    def test_it_takes_a_fresh_proof(self, world: World, bob: User, api: Api, name: str) -> None:
        client = api(bob)
        make_stale()
        token = world.google_token() if name == "link-google" else world.apple_token()
        answer = world.post(name, {"id_token": token}, client)
        assert (answer.status_code, answer.json()["code"]) == (403, "fresh_login_required")
        assert not Identity.objects.exists()

    def test_another_persons_is_not_to_be_had(self, world: World, bob: User, charlie: User, api: Api) -> None:
        Identity.objects.create(user=charlie, provider="google", subject="g-1")
        answer = world.post("link-google", {"id_token": world.google_token()}, api(bob))
        assert (answer.status_code, answer.json()["code"]) == (409, "social_identity_taken")
        assert Identity.objects.get().user == charlie
        assert mails() == []

    def test_a_session_that_ended_while_google_was_asked_links_nothing(self, bob: User) -> None:
        session_id = _opened(bob)
        end_all_sessions(user=bob, reason=SessionEnd.PASSWORD_CHANGE)
        with pytest.raises(NotAuthenticated):
            linking.link(bob, Told(IdentityProvider.GOOGLE, "g-1"), session_id=session_id)
        assert not Identity.objects.exists()

    def test_one_of_each_provider(self, world: World, bob: User, api: Api) -> None:
        Identity.objects.create(user=bob, provider="google", subject="g-0")
        answer = world.post("link-google", {"id_token": world.google_token()}, api(bob))
        assert (answer.status_code, answer.json()["code"]) == (409, "social_identity_exists")
        assert Identity.objects.get().subject == "g-0"
        assert mails() == []

    def test_a_bad_token_links_nothing(self, world: World, bob: User, api: Api) -> None:
        answer = world.post("link-google", {"id_token": "garbage"}, api(bob))
        assert (answer.status_code, answer.json()["code"]) == (400, "social_token_invalid")
        assert not Identity.objects.exists()

    def test_anonymous_callers_link_nothing(self, world: World) -> None:
        assert world.post("link-google", {"id_token": world.google_token()}).status_code == 401

    def test_of_two_at_once_one_is_linked(self, world: World, bob: User, api: Api) -> None:
        clients = [api(bob) for _ in range(8)]
        tokens = [world.google_token(f"g-{number}") for number in range(8)]
        answers: list[Any] = together(
            8, lambda number: world.post("link-google", {"id_token": tokens[number]}, clients[number])
        )
        assert sorted(answer.status_code for answer in answers) == [200] + [409] * 7
        assert Identity.objects.count() == 1


class TestUnlinking:
    @pytest.fixture
    def linked(self, bob: User) -> Identity:
        return Identity.objects.create(user=bob, provider="google", subject="g-1")

    def test_it_is_taken_away_and_the_person_told(self, linked: Identity, bob: User, api: Api) -> None:
        open_session(user=bob, method=SignInMethod.GOOGLE)
        answer = unlink(api(bob), linked)
        assert answer.status_code == 204
        assert not Identity.objects.exists()
        assert mails() == ["accounts.identity_unlinked"]
        assert SecurityEvent.objects.filter(kind=EventKind.IDENTITY_UNLINKED, user_id=bob.pk).exists()
        ended = Session.objects.get(method="google")
        assert ended.revoke_reason == "identity_change"
        assert Session.objects.get(method="password").revoked_at is None

    def test_the_session_in_which_it_happens_goes_on(self, world: World) -> None:
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {world.by_google().json()['access_token']}")
        Session.objects.update(is_proof_shown=True)
        world.post("link-apple", {"id_token": world.apple_token()}, client)
        assert unlink(client, Identity.objects.get(provider="google")).status_code == 204
        assert client.get(reverse("identities")).status_code == 200

    def test_rule_32_the_last_way_in_stays(self, linked: Identity, bob: User, api: Api) -> None:
        client = api(bob)
        bob.set_unusable_password()
        bob.save()
        answer = unlink(client, linked)
        assert (answer.status_code, answer.json()["code"]) == (409, "last_login_method")
        assert Identity.objects.exists()
        assert mails() == []

    def test_rule_32_a_blocked_identity_is_no_way_in(self, linked: Identity, bob: User, api: Api) -> None:
        client = api(bob)
        bob.set_unusable_password()
        bob.save()
        apple = Identity.objects.create(user=bob, provider="apple", subject="a-1", blocked_at=clock.now())
        assert unlink(client, linked).status_code == 409
        assert unlink(client, apple).status_code == 204

    def test_rule_32_a_passkey_is_a_way_in(self, linked: Identity, bob: User, api: Api) -> None:
        client = api(bob)
        bob.set_unusable_password()
        bob.save()
        Passkey.objects.create(user=bob, credential_id=b"x", credential=b"x", name="Phone")
        assert unlink(client, linked).json()["code"] == "factor_proof_required"
        Session.objects.update(factor_proved_at=clock.now())
        assert unlink(client, linked).status_code == 204

    @pytest.mark.django_db(transaction=True)
    def test_rule_32_of_two_at_once_one_stays(self, bob: User, api: Api) -> None:
        bob.set_unusable_password()
        bob.save()
        rows = [Identity.objects.create(user=bob, provider=name, subject="1") for name in ("google", "apple")]
        clients = [api(bob), api(bob)]
        answers: list[Any] = together(2, lambda number: unlink(clients[number], rows[number]))
        assert sorted(answer.status_code for answer in answers) == [204, 409]
        assert Identity.objects.count() == 1

    def test_it_takes_a_fresh_proof(self, linked: Identity, bob: User, api: Api) -> None:
        client = api(bob)
        make_stale()
        assert unlink(client, linked).json()["code"] == "fresh_login_required"
        assert Identity.objects.exists()

    def test_nobody_is_written_to_who_has_no_address(self, linked: Identity, bob: User, api: Api) -> None:
        now = clock.now()
        User.objects.filter(pk=bob.pk).update(
            email=None, email_verified_at=None, phone="+14155550123", phone_verified_at=now
        )
        assert unlink(api(User.objects.get(pk=bob.pk)), linked).status_code == 204
        assert mails() == []

    def test_another_persons_is_not_there(self, linked: Identity, charlie: User, api: Api) -> None:
        client = api(charlie)
        for strange in (unlink(client, linked), client.delete(reverse("identity", args=[uuid4()]))):
            assert (strange.status_code, strange.json()["code"]) == (404, "not_found")
        assert Identity.objects.exists()

    def test_the_provider_is_told_later(self, world: World, bob: User, api: Api) -> None:
        client = api(bob)
        world.post("link-google", world.google_code(), client)
        assert unlink(client, Identity.objects.get()).status_code == 204
        assert TokenRevocation.objects.get().user_id == bob.pk
