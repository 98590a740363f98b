import socket
from datetime import timedelta
from email.utils import format_datetime

import pytest

from notifications.channels.base import ErrorClass
from notifications.channels.refusals import no_answer, refusal, retry_after, said
from numerai.common import clock
from numerai.common.outbound import NoAnswer
from numerai.common.outbound.hurry import NotPublic

PERMANENT, TRANSIENT, THROTTLED, CONFIG = ErrorClass


@pytest.mark.parametrize(
    ("status", "error_class"),
    [
        *((status, PERMANENT) for status in (400, 404, 405, 409, 410, 413, 415, 422)),
        *((status, TRANSIENT) for status in (204, 301, 302, 307, 408, 418, 425, 500, 502, 503, 504, 599)),
        (401, CONFIG),
        (403, CONFIG),
        (429, THROTTLED),
    ],
)
def test_rule_38_what_each_status_means(status: int, error_class: ErrorClass) -> None:
    error = refusal("sample", status, {})
    assert (error.error_class, error.code) == (error_class, "sample")


@pytest.mark.parametrize(("status", "few"), [(204, True), (302, True), (418, True), (500, False), (408, False)])
def test_rule_37_what_nobody_knows_is_tried_a_few_times(status: int, *, few: bool) -> None:
    assert (refusal("sample", status, {}).max_attempts is not None) is few


@pytest.mark.parametrize(
    ("status", "is_unsure"),
    [(503, False), (429, False), (401, False), (404, False), (500, True), (504, True), (204, True)],
)
def test_rule_45_what_was_not_looked_at_cannot_have_arrived(status: int, *, is_unsure: bool) -> None:
    assert refusal("sample", status, {}).may_have_arrived is is_unsure


@pytest.mark.parametrize(
    ("cause", "is_unsure"),
    [
        (TimeoutError(), True),
        (ConnectionResetError(), True),
        (ConnectionRefusedError(), False),
        (socket.gaierror(), False),
        (NotPublic("home"), False),
    ],
    ids=["slow", "reset", "refused", "no name", "not public"],
)
def test_rule_45_nor_can_what_reached_nobody(cause: Exception, *, is_unsure: bool) -> None:
    assert no_answer("sample", NoAnswer(cause)).may_have_arrived is is_unsure


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("0", 0.0), ("90", 90.0), (" 1.5 ", 1.5), ("", None), ("soon", None), ("-3", None), ("1.2.3", None), ("٣", None)],
)
def test_rule_39_seconds_to_wait(text: str, seconds: float | None) -> None:
    assert retry_after(text) == seconds


def test_rule_39_a_date_to_wait_for() -> None:
    now = clock.now()
    waits = retry_after(format_datetime(now + timedelta(hours=1), usegmt=True))
    assert waits is not None
    assert 3000 < waits <= 3600
    assert retry_after(format_datetime(now - timedelta(hours=1), usegmt=True)) == 0.0
    assert retry_after("Wed, 21 Oct 2015 07:28:00 -0000") is None


@pytest.mark.parametrize(
    ("words", "shown"), [("a\nb  c", "a b c"), (None, ""), (7, ""), ("x" * 300, "x" * 200), ("the key", "the •••")]
)
def test_rule_59_what_a_provider_says_is_shortened_and_holds_no_secret(words: object, shown: str) -> None:
    assert said(words, "key") == shown
