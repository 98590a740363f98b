"""The server as a process, as it runs beside the API: threads, files, and how it stops."""

import signal
from collections.abc import Iterator

import psutil
import pytest

from accounts.models import User
from accounts.sessions import open_session
from notifications.stream import publish
from notifications.tests.stream.pages import Server, as_process

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.serial]

# One of the loop, four for the database, and those that libraries start once.
FEW = 12


@pytest.fixture
def process(transactional_db: None) -> Iterator[Server]:
    with as_process() as running:
        yield running


def test_pages_come_and_go_and_leave_nothing_behind(process: Server, alice: User, bob: User) -> None:
    tokens = [open_session(user=user).access_token for user in (alice, bob)]

    def come_and_go() -> None:
        pages = [process.open(token) for token in tokens for _ in range(5)]
        assert {page.next().event for page in pages} == {"hello"}
        assert process.threads <= FEW
        for page in pages:
            page.close()

    come_and_go()
    process.wait_for(lambda: not pages_are_open(process))
    files = process.files
    for _ in range(10):
        come_and_go()
    process.wait_for(lambda: process.files <= files)
    assert process.threads <= FEW


def pages_are_open(process: Server) -> bool:
    return any(each.laddr.port == process.port and each.raddr for each in psutil.Process(process.pid).net_connections())


def test_it_stops_although_pages_are_open(process: Server, alice: User) -> None:
    page = process.open(open_session(user=alice).access_token)
    assert page.next().event == "hello"
    publish(alice.pk, "read", {})
    assert page.next().event == "read"
    running = psutil.Process(process.pid)
    running.send_signal(signal.SIGTERM)
    assert page.is_over()
    process.wait_for(lambda: not running.is_running() or running.status() == psutil.STATUS_ZOMBIE)
