"""Providers are told that a person has left: tried again while they are away, given up in the end."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from accounts import tasks
from accounts.models import Identity, IdentityProvider, TokenRevocation, User
from accounts.social import leaving
from accounts.social.leaving import MAX_ATTEMPTS, Farewell, revoke_all
from accounts.tests.social.conftest import forget
from accounts.tests.social.world import World
from accounts.tests.together import together
from numerai.common import clock
from numerai.common.errors import ServiceUnavailable
from numerai.common.jobs import broker_pause
from numerai.common.sealing import seal


@pytest.fixture
def both(world: World) -> User:
    """Somebody who came by Google and by Apple, each with a code."""
    world.post("social-google", world.google_code())
    assert world.post("social-apple", world.apple_code(email="grace@gmail.com")).status_code == 200
    return User.objects.get()


@pytest.fixture(autouse=True)
def _no_broker() -> None:
    broker_pause.begin()


class TestDeletion:
    def test_rule_65_both_are_told(self, world: World, both: User) -> None:
        assert revoke_all(both.pk) == Farewell(revoked=2, given_up=0, by_hand=())
        assert len(world.google.revoked) == len(world.apple.revoked) == 1
        assert not TokenRevocation.objects.exists()

    def test_rule_65_a_second_call_does_nothing(self, world: World, both: User) -> None:
        revoke_all(both.pk)
        assert revoke_all(both.pk) == Farewell(revoked=0, given_up=0, by_hand=())
        assert len(world.google.revoked) == 1

    def test_rule_65_without_a_token_it_is_done_and_said(self, world: World) -> None:
        world.by_google()
        world.by_apple(email="grace@gmail.com")
        assert revoke_all(User.objects.get().pk) == Farewell(revoked=0, given_up=0, by_hand=("apple", "google"))

    def test_rule_65_an_outage_is_to_be_tried_again(self, world: World, both: User) -> None:
        world.apple.is_away = True
        with pytest.raises(ServiceUnavailable):
            revoke_all(both.pk)
        assert [row.provider for row in TokenRevocation.objects.all()] == ["apple"]
        world.apple.is_away = False
        forget()
        assert revoke_all(both.pk) == Farewell(revoked=1, given_up=0, by_hand=())
        assert len(world.google.revoked) == len(world.apple.revoked) == 1

    def test_rule_65_it_never_blocks_for_ever(self, world: World, both: User) -> None:
        world.apple.is_away = True
        for _ in range(MAX_ATTEMPTS - 1):
            forget()
            with pytest.raises(ServiceUnavailable):
                revoke_all(both.pk)
        forget()
        assert revoke_all(both.pk) == Farewell(revoked=0, given_up=1, by_hand=())
        assert not TokenRevocation.objects.exists()

    def test_rule_65_what_we_can_no_longer_do_is_given_up(self, world: World, both: User, settings: Any) -> None:
        settings.APPLE_PRIVATE_KEY = ""
        Identity.objects.filter(provider="google").update(sealed_refresh_token=b"damaged")
        assert revoke_all(both.pk) == Farewell(revoked=0, given_up=2, by_hand=())

    def test_a_token_that_google_has_forgotten_is_revoked_enough(self, world: World, both: User) -> None:
        world.google.refresh_tokens.clear()
        assert revoke_all(both.pk).revoked == 2
        assert world.google.revoked == []


class TestUnlinked:
    @pytest.fixture
    def row(self, world: World, bob: User) -> TokenRevocation:
        world.google.refresh_tokens.add("token")
        return TokenRevocation.objects.create(user=bob, provider=IdentityProvider.GOOGLE, sealed_token=seal("token"))

    def test_a_worker_tells_the_provider(self, world: World, row: TokenRevocation) -> None:
        tasks.revoke_token(str(row.pk))
        assert world.google.revoked == ["token"]
        assert not TokenRevocation.objects.exists()
        tasks.revoke_token(str(row.pk))

    def test_it_is_tried_again_with_longer_and_longer_pauses(self, world: World, row: TokenRevocation) -> None:
        world.google.is_away = True
        pauses = []
        with time_machine.travel(clock.now(), tick=False) as traveller:
            for _ in range(4):
                forget()
                tasks.revoke_token(str(row.pk))
                row.refresh_from_db()
                pauses.append(row.next_attempt_at - clock.now())
                traveller.move_to(row.next_attempt_at)
        assert pauses == [timedelta(minutes=minutes) for minutes in (1, 2, 4, 8)]

    def test_nobody_takes_it_before_its_time(self, world: World, row: TokenRevocation) -> None:
        TokenRevocation.objects.update(next_attempt_at=clock.now() + timedelta(minutes=1))
        tasks.revoke_token(str(row.pk))
        assert world.google.calls == []
        assert leaving.sweep_revocations() == 0

    def test_one_that_was_forgotten_is_found(self, row: TokenRevocation) -> None:
        assert str(row).startswith("Revocation at Google")
        assert leaving.sweep_revocations() == 1
        tasks.sweep_revocations()

    def test_of_many_workers_one_tells(self, world: World, row: TokenRevocation) -> None:
        together(8, lambda _: leaving._attempt(row))
        assert world.google.revoked == ["token"]
