"""Open pages against the real server: what comes, in which order, and what does not."""

from collections.abc import Iterator

import pytest

from accounts.models import User
from accounts.sessions import open_session
from notifications.stream import publish
from notifications.tests.stream.pages import Server, in_thread

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def server(transactional_db: None) -> Iterator[Server]:
    with in_thread() as running:
        yield running


def test_an_event_reaches_an_open_page(server: Server, alice: User) -> None:
    page = server.open(open_session(user=alice).access_token)
    assert page.next().event == "hello"
    publish(alice.pk, "read", {})
    assert page.next().event == "read"
    page.close()
