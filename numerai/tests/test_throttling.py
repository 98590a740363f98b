from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import redis
import time_machine
from pytest_django import Settings

from dev.services import free_port
from numerai.common.errors import ServiceUnavailable, TooManyRequests
from numerai.common.redis import connection
from numerai.common.throttling import (
    DailyQuotaReached,
    Limit,
    count,
    daily,
    forget,
    give_back,
    hit,
    is_permitted,
    permit,
    redis_pause,
    spend,
)
from numerai.settings import base
from numerai.tests.http_peers import silence

LIMIT = Limit("test", times=5, seconds=60)
LOCK = Limit("test_lock", times=5, seconds=60, is_lock=True)
CLOSED = Limit("test_closed", times=5, seconds=60, fails_closed=True)
START = datetime(2026, 11, 20, 12, 0, 15, tzinfo=UTC)
ADA = "ada@example.com"


@pytest.fixture(autouse=True)
def _limits_on(settings: Settings) -> None:
    settings.RATE_LIMIT_ENABLED = True
    connection().flushdb()


def is_let_through(subject: str = ADA, limit: Limit = LIMIT) -> bool:
    try:
        hit(limit, subject)
    except TooManyRequests:
        return False
    return True


def test_the_sixth_of_five_is_refused_and_told_when_to_return() -> None:
    with time_machine.travel(START, tick=False) as clock:
        assert is_let_through()
        clock.shift(timedelta(seconds=15))
        assert all(is_let_through() for _ in range(4))
        with pytest.raises(TooManyRequests) as refusal:
            hit(LIMIT, ADA)
    assert refusal.value.retry_after == 45


def test_the_next_window_starts_at_nought() -> None:
    with time_machine.travel(START, tick=False) as clock:
        assert [is_let_through() for _ in range(6)] == [True] * 5 + [False]
        clock.shift(timedelta(seconds=59))
        assert not is_let_through()
        clock.shift(timedelta(seconds=1))
        assert [is_let_through() for _ in range(6)] == [True] * 5 + [False]


def test_a_lock_lasts_its_whole_time_and_refused_uses_do_not_prolong_it() -> None:
    with time_machine.travel(START, tick=False) as clock:
        assert all(is_let_through(limit=LOCK) for _ in range(4))
        clock.shift(timedelta(seconds=50))
        assert is_let_through(limit=LOCK)
        clock.shift(timedelta(seconds=59))
        assert not is_let_through(limit=LOCK)
        clock.shift(timedelta(seconds=1))
        assert is_let_through(limit=LOCK)


def test_subjects_do_not_share_a_limit_and_do_not_stand_in_redis() -> None:
    with time_machine.travel(START, tick=False):
        assert [is_let_through() for _ in range(6)][-1] is False
        assert is_let_through("bob@example.com")
    keys = connection().keys("*")
    assert isinstance(keys, list)
    assert len(keys) == 2
    assert not any(b"@" in key for key in keys)
    assert all(0 < int(str(connection().ttl(key))) <= 60 for key in keys)


def test_rule_47_thirty_at_once_let_five_through() -> None:
    with time_machine.travel(START, tick=False), ThreadPoolExecutor(30) as pool:
        answers = list(pool.map(lambda _: is_let_through(), range(30)))
    assert answers.count(True) == 5


def test_what_did_no_harm_is_given_back() -> None:
    with time_machine.travel(START, tick=False):
        assert all(is_let_through() for _ in range(5))
        give_back(LIMIT, ADA)
        assert [is_let_through(), is_let_through()] == [True, False]


def test_nothing_is_given_back_that_was_not_used() -> None:
    give_back(LIMIT, ADA)
    with time_machine.travel(START, tick=False):
        assert [is_let_through() for _ in range(6)] == [True] * 5 + [False]


def test_who_is_forgotten_begins_anew() -> None:
    with time_machine.travel(START, tick=False):
        assert [is_let_through() for _ in range(6)][-1] is False
        forget(LIMIT, ADA)
        assert [is_let_through() for _ in range(6)] == [True] * 5 + [False]


def test_a_permission_is_remembered_for_its_time() -> None:
    assert not is_permitted("test_permission", ADA)
    permit("test_permission", ADA, seconds=60)
    assert is_permitted("test_permission", ADA)
    assert not is_permitted("test_permission", "bob@example.com")
    (key,) = connection().keys("*")
    assert 0 < int(str(connection().ttl(key))) <= 60


def test_rule_52_a_daily_quota_is_one_persons_for_a_day() -> None:
    quota = daily("test_quota", 3)
    with time_machine.travel(START, tick=False) as clock:
        for _ in range(3):
            spend(quota, ADA)
        with pytest.raises(DailyQuotaReached) as refusal:
            spend(quota, ADA)
        spend(quota, "bob@example.com")
        assert (refusal.value.status, refusal.value.code) == (429, "daily_quota_reached")
        assert refusal.value.retry_after == 24 * 3600
        clock.shift(timedelta(days=1))
        spend(quota, ADA)


def test_switched_off_it_counts_nothing(settings: Settings) -> None:
    settings.RATE_LIMIT_ENABLED = False
    assert all(is_let_through() for _ in range(20))
    assert count(LIMIT, ADA).number == 0
    assert connection().dbsize() == 0


@pytest.fixture
def use_redis_at(settings: Settings) -> Iterator[Callable[[int], None]]:
    def use(port: int) -> None:
        settings.REDIS_URL = f"redis://127.0.0.1:{port}/0"
        connection.cache_clear()

    yield use
    connection.cache_clear()


def test_without_redis_people_are_let_through(use_redis_at: Callable[[int], None]) -> None:
    use_redis_at(free_port())
    assert all(is_let_through() for _ in range(10))
    assert not is_permitted("test_permission", ADA)
    with pytest.raises(redis.RedisError):
        connection().ping()


def test_rule_49_without_redis_a_limit_that_fails_closed_refuses(
    use_redis_at: Callable[[int], None], caplog: pytest.LogCaptureFixture
) -> None:
    use_redis_at(free_port())
    for _ in range(3):
        with pytest.raises(ServiceUnavailable) as refusal:
            hit(CLOSED, ADA)
        assert refusal.value.retry_after is not None
    # One line at the first sign, not one for each who is refused.
    assert [record.levelname for record in caplog.records if "refused_without_limits" in record.getMessage()] == [
        "ERROR"
    ]


def test_rule_49_a_redis_that_says_nothing_is_waited_for_once(
    use_redis_at: Callable[[int], None], settings: Settings
) -> None:
    settings.REDIS_TIMEOUT_SECONDS = base.REDIS_TIMEOUT_SECONDS
    with silence() as nobody:
        use_redis_at(nobody.port)
        with pytest.raises(ServiceUnavailable):
            hit(CLOSED, ADA)
        assert nobody.callers() > 0
        # Those after the first do not even connect.
        for _ in range(20):
            with pytest.raises(ServiceUnavailable):
                hit(CLOSED, ADA)
        assert nobody.callers() == 0


def test_rule_49_when_redis_is_back_people_are_let_in(use_redis_at: Callable[[int], None], settings: Settings) -> None:
    healthy = settings.REDIS_URL
    use_redis_at(free_port())
    with pytest.raises(ServiceUnavailable):
        hit(CLOSED, ADA)
    settings.REDIS_URL = healthy
    connection.cache_clear()
    redis_pause._until = 0.0
    assert is_let_through(limit=CLOSED)
    assert not redis_pause.is_on()
