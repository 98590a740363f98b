from datetime import timedelta

import time_machine

from accounts.models import CodePurpose, OneTimeCode, Session, SessionEnd, User
from accounts.sessions import end_all_sessions, open_session, purge_sessions
from accounts.tasks import purge_ended
from accounts.verification import codes
from numerai.common import clock


def session_of(user: User) -> Session:
    open_session(user=user)
    return Session.objects.latest("created_at")


def test_sessions_go_thirty_days_after_their_end(alice: User, bob: User) -> None:
    start = clock.now()
    live, revoked, idle = session_of(alice), session_of(bob), session_of(alice)
    end_all_sessions(user=bob, reason=SessionEnd.LOGOUT)
    Session.objects.filter(id=live.id).update(idle_until=start + timedelta(days=60), ends_at=start + timedelta(days=60))
    Session.objects.filter(id=idle.id).update(idle_until=start + timedelta(days=10))
    for days, left in ((29, {live, revoked, idle}), (31, {live, idle}), (39, {live, idle}), (41, {live}), (91, set())):
        with time_machine.travel(start + timedelta(days=days), tick=False):
            purge_ended()
        assert set(Session.objects.all()) == left, days


def test_codes_go_a_day_after_they_expired(dora: User) -> None:
    start = clock.now()
    codes.issue(user_id=dora.pk, email="dora@example.com", purpose=CodePurpose.VERIFY_EMAIL)
    for hours, left in ((24, 1), (25, 0)):
        with time_machine.travel(start + timedelta(hours=hours), tick=False):
            purge_ended()
        assert OneTimeCode.objects.count() == left


def test_batches_add_up(alice: User) -> None:
    for _ in range(5):
        open_session(user=alice)
    later = clock.now() + timedelta(days=365)
    assert purge_sessions(ended_before=later, batch=2) == 5
    assert purge_sessions(ended_before=later, batch=2) == 0


def test_batches_of_codes_add_up(dora: User, alice: User, bob: User) -> None:
    for user in (dora, alice, bob):
        codes.issue(user_id=user.pk, email=str(user.email), purpose=CodePurpose.VERIFY_EMAIL)
    assert codes.purge_codes(expired_before=clock.now() + timedelta(days=1), batch=2) == 3
