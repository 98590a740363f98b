import pytest
from celery import Celery, Task, shared_task
from django.conf import settings
from django.db import transaction
from kombu.exceptions import EncodeError
from structlog.testing import capture_logs

from dev.services import free_port
from numerai.common import jobs
from numerai.common.pause import Pause
from numerai.common.redis import connection
from numerai.tests.http_peers import silence

pytestmark = pytest.mark.django_db(transaction=True)


@shared_task(name="numerai.tests.note")
def note(word: object) -> None:
    """Never run by a worker; only its message matters here."""


def waiting() -> int:
    """Messages in the real broker's queue."""
    return int(str(connection().llen("celery")))


def test_the_message_leaves_on_commit_only() -> None:
    with transaction.atomic():
        jobs.enqueue(note, "a")
        assert waiting() == 0
    assert waiting() == 1


def test_a_rollback_sends_nothing() -> None:
    def roll_back() -> None:
        with transaction.atomic():
            jobs.enqueue(note, "a")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        roll_back()
    assert waiting() == 0


@pytest.fixture
def task_without_broker() -> "Task[..., None]":
    app = Celery("broken", broker=f"redis://127.0.0.1:{free_port()}/0", set_as_current=False)
    app.conf.broker_transport_options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    return app.task(name="numerai.tests.lost")(_nothing)


def _nothing(word: str) -> None:
    """The body of a task that no worker runs."""


def test_a_dead_broker_neither_raises_nor_is_asked_again_at_once(task_without_broker: "Task[..., None]") -> None:
    with capture_logs() as logs:
        for _ in range(100):
            jobs.enqueue(task_without_broker, "a")
    assert jobs.broker_pause.is_on()
    assert [line["event"] for line in logs] == ["broker_unreachable"]
    jobs.enqueue(note, "while paused")
    assert waiting() == 0


def test_the_broker_is_tried_again_after_the_pause(
    task_without_broker: "Task[..., None]", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "broker_pause", Pause(shortest=0, longest=0))
    jobs.enqueue(task_without_broker, "a")
    jobs.enqueue(note, "b")
    assert waiting() == 1
    assert not jobs.broker_pause.is_on()


def test_a_hanging_broker_holds_one_caller_at_a_time() -> None:
    """Somebody who accepts connections and never says a word is worse than nobody."""
    with silence() as nobody:
        app = Celery("hanging", broker=f"redis://127.0.0.1:{nobody.port}/0", set_as_current=False)
        app.conf.broker_transport_options = settings.CELERY_BROKER_TRANSPORT_OPTIONS | {"socket_timeout": 0.2}
        hanging = app.task(name="numerai.tests.hanging")(_nothing)
        jobs.enqueue(hanging, "a")
        assert nobody.callers() > 0
        for _ in range(100):
            jobs.enqueue(hanging, "a")
        assert nobody.callers() == 0


def test_a_mistake_of_ours_is_not_taken_for_a_dead_broker() -> None:
    """Robust commit hooks log the error; the broker must not be blamed for it."""
    jobs.enqueue(note, object())
    assert not jobs.broker_pause.is_on()
    with pytest.raises(EncodeError):
        jobs._send(note, (object(),))


def test_a_queue_may_be_named() -> None:
    jobs.enqueue(note, "a", queue="notifications.critical")
    assert waiting() == 0
    assert connection().llen("notifications.critical") == 1
