from datetime import timedelta

import time_machine
from django.conf import settings

from accounts.models import CodePurpose, OneTimeCode, Session, SessionEnd, User
from accounts.sessions import end_all_sessions, open_session, purge_sessions
from accounts.tasks import SESSIONS_KEPT, purge_ended
from accounts.verification import codes
from numerai.common import clock


def session_of(user: User) -> Session:
    open_session(user=user)
    return Session.objects.latest("created_at")


def test_rule_22_sessions_go_thirty_days_after_their_end(alice: User, bob: User) -> None:
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


def test_rule_22_after_ten_thousand_sign_ins_only_those_that_live_are_left(alice: User, bob: User) -> None:
    now = clock.now()

    def signed_in(days_ago: int, user: User) -> Session:
        at = now - timedelta(days=days_ago)
        ends_at = at + settings.SESSION_ABSOLUTE_LIFETIME
        idle_until = at + settings.SESSION_IDLE_LIFETIME
        return Session(
            user=user, secret_hash=bytes(32), rotated_at=at, proved_at=at, idle_until=idle_until, ends_at=ends_at
        )

    Session.objects.bulk_create(
        [signed_in(number % 100, alice if number % 2 else bob) for number in range(10_000)], batch_size=2000
    )
    kept = settings.SESSION_IDLE_LIFETIME.days + SESSIONS_KEPT.days
    with time_machine.travel(now + timedelta(seconds=1), tick=False):
        purge_ended()
    assert Session.objects.count() == 100 * kept
    assert not Session.objects.filter(idle_until__lt=now - SESSIONS_KEPT).exists()
    assert Session.objects.filter(idle_until__gt=now).count() == 100 * settings.SESSION_IDLE_LIFETIME.days


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
