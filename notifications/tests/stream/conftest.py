from collections.abc import Callable, Iterator

import pytest
from pytest_django import Settings

from accounts.models import User
from accounts.sessions import open_session
from notifications.stream import sending
from notifications.tests.stream.pages import Page, Server, in_thread

Visit = Callable[..., Page]


@pytest.fixture
def checked_often(settings: Settings) -> None:
    """Ask for it before the server: what Redis should have told is asked of the database all the time."""
    settings.STREAM_CHECK_SECONDS = 0.05


@pytest.fixture
def server(transactional_db: None) -> Iterator[Server]:
    with in_thread() as running:
        yield running


@pytest.fixture
def visit(server: Server) -> Visit:
    """``visit(user)`` is a page of that person that has been greeted; ``last`` is the event that it had before."""

    def open_page(user: User, last: int | str | None = None) -> Page:
        lines = [] if last is None else [f"Last-Event-ID: {last}"]
        page = server.open(open_session(user=user).access_token, *lines)
        assert page.next().event == "hello"
        return page

    return open_page


@pytest.fixture(autouse=True)
def _redis_is_there() -> None:
    """Whatever an earlier test took from this process."""
    sending.live_pause.end()
    sending.losses.messages = 0
