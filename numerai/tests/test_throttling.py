from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import redis
import time_machine
from pytest_django import Settings

from dev.services import free_port
from numerai.common.errors import TooManyRequests
from numerai.common.redis import connection
from numerai.common.throttling import Limit, hit

LIMIT = Limit("test", times=5, seconds=60)
START = datetime(2026, 11, 20, 12, 0, 15, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _limits_on(settings: Settings) -> None:
    settings.RATE_LIMIT_ENABLED = True
    connection().flushdb()


def is_let_through(subject: str = "ada@example.com") -> bool:
    try:
        hit(LIMIT, subject)
    except TooManyRequests:
        return False
    return True


def test_the_sixth_of_five_is_refused_and_told_when_to_return() -> None:
    with time_machine.travel(START, tick=False):
        assert all(is_let_through() for _ in range(5))
        with pytest.raises(TooManyRequests) as refusal:
            hit(LIMIT, "ada@example.com")
    assert refusal.value.retry_after == 45


def test_the_next_window_starts_at_nought() -> None:
    with time_machine.travel(START, tick=False) as clock:
        assert [is_let_through() for _ in range(6)] == [True] * 5 + [False]
        clock.shift(timedelta(seconds=45))
        assert is_let_through()


def test_subjects_do_not_share_a_limit_and_do_not_stand_in_redis() -> None:
    with time_machine.travel(START, tick=False):
        assert [is_let_through() for _ in range(6)][-1] is False
        assert is_let_through("bob@example.com")
    keys = connection().keys("*")
    assert isinstance(keys, list)
    assert len(keys) == 2
    assert not any(b"@" in key for key in keys)
    assert all(0 < int(str(connection().ttl(key))) <= 60 for key in keys)


def test_thirty_at_once_let_five_through() -> None:
    with time_machine.travel(START, tick=False), ThreadPoolExecutor(30) as pool:
        answers = list(pool.map(lambda _: is_let_through(), range(30)))
    assert answers.count(True) == 5


def test_switched_off_it_counts_nothing(settings: Settings) -> None:
    settings.RATE_LIMIT_ENABLED = False
    assert all(is_let_through() for _ in range(20))
    assert connection().dbsize() == 0


def test_without_redis_people_are_let_through(settings: Settings) -> None:
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"
    connection.cache_clear()
    try:
        assert all(is_let_through() for _ in range(10))
        with pytest.raises(redis.RedisError):
            connection().ping()
    finally:
        connection.cache_clear()
