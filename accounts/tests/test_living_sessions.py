"""What the live stream asks about the sessions of open pages."""

from uuid import uuid4

from accounts.authentication import living_sessions
from accounts.models import Session, SessionEnd, User
from accounts.sessions import end_all_sessions, open_session


def test_a_session_lives_until_it_is_ended(bob: User, alice: User) -> None:
    open_session(user=bob)
    open_session(user=alice)
    of_bob, of_alice = (Session.objects.get(user=user).pk for user in (bob, alice))
    assert living_sessions([of_bob, of_alice, uuid4()]) == {of_bob, of_alice}
    end_all_sessions(user=bob, reason=SessionEnd.LOGOUT_ALL)
    assert living_sessions([of_bob, of_alice]) == {of_alice}
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert living_sessions([of_bob, of_alice]) == set()
