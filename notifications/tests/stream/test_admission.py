"""Who may open a stream, for how long, and what everybody else is answered."""

import asyncio
import json
from datetime import timedelta
from unittest.mock import AsyncMock
from uuid import uuid4

import pytest
import structlog
from django.db import connection as database
from pytest_django import Settings

from accounts.models import Session, SessionEnd, User
from accounts.sessions import open_session
from accounts.sessions.ending import end_all_sessions, end_session
from accounts.sessions.families import log_out
from conftest import Api
from notifications.stream import publish
from notifications.stream.admission import Visitor, issue_ticket
from notifications.stream.client import Client
from notifications.stream.hub import Hub
from notifications.tests.stream.conftest import Visit
from notifications.tests.stream.pages import PATH, Page, Server
from numerai.common import clock
from numerai.common import redis as common_redis
from numerai.common.errors import TooManyRequests

pytestmark = pytest.mark.django_db(transaction=True)

TICKET = f"{PATH}ticket/"


def ticket_of(api: Api, user: User) -> str:
    return str(api(user).post(TICKET).json()["ticket"])


def with_ticket(server: Server, ticket: str) -> Page:
    return server.ask(target=f"{PATH}?ticket={ticket}")


def newest_session(user: User) -> Session:
    return Session.objects.filter(user=user).latest("created_at")


def ended(page: Page, reason: str) -> bool:
    """Whether ``page`` is told to go for that reason, and nothing after it."""
    told = page.until(lambda each: each.event == "kick")[-1]
    assert (told.data, told.identifier) == ({"reason": reason}, None)
    return page.is_over()


def test_a_ticket_says_where_and_until_when(api: Api, alice: User, settings: Settings) -> None:
    settings.STREAM_URL = "https://live.numerai.example/stream/"
    answer = api(alice).post(TICKET)
    assert answer.status_code == 201
    assert answer.json() == {
        "ticket": answer.json()["ticket"],
        "expires_in": 30,
        "url": "https://live.numerai.example/stream/",
    }
    assert len(answer.json()["ticket"]) == 43


def test_rule_64_only_a_digest_of_a_ticket_is_kept(api: Api, alice: User) -> None:
    ticket = ticket_of(api, alice)
    redis = common_redis.connection()
    (key,) = redis.keys("live:ticket:*")
    assert ticket not in repr([key, redis.get(key)])
    assert 0 < redis.ttl(key) <= 30


def test_rule_64_a_ticket_opens_one_stream(api: Api, server: Server, alice: User) -> None:
    ticket = ticket_of(api, alice)
    page = with_ticket(server, ticket)
    assert (page.status, page.next().event) == (200, "hello")
    again = with_ticket(server, ticket)
    assert (again.status, again.problem()["code"]) == (401, "not_authenticated")
    assert again.headers["www-authenticate"] == 'Bearer realm="api"'
    publish(alice.pk, "read", {})
    assert page.next().event == "read"


@pytest.mark.parametrize("ticket", ["nonsense", "%00", "x" * 3000])
def test_rule_64_an_invented_ticket_opens_none(server: Server, db: None, ticket: str) -> None:
    assert with_ticket(server, ticket).status == 401


def test_a_ticket_is_void_when_its_session_has_ended(api: Api, server: Server, alice: User) -> None:
    ticket = ticket_of(api, alice)
    end_session(newest_session(alice).id, reason=SessionEnd.LOGOUT)
    assert with_ticket(server, ticket).status == 401


def test_rule_64_a_token_in_the_query_is_none(server: Server, alice: User) -> None:
    token = open_session(user=alice).access_token
    for name in ("token", "access_token", "ticket"):
        assert server.ask(target=f"{PATH}?{name}={token}").status == 401


@pytest.mark.parametrize("line", ["X-Nothing: 1", "Authorization: Bearer nonsense", "Authorization: Basic YTpi"])
def test_nobody_is_let_in_without_a_sign_in(server: Server, db: None, line: str) -> None:
    page = server.ask(line, "X-Request-ID: my-request-1", "Origin: https://app.numerai.example")
    assert page.status == 401
    assert page.headers["access-control-allow-origin"] == "https://app.numerai.example"
    assert page.headers["cache-control"] == "no-store"
    assert page.problem()["request_id"] == page.headers["x-request-id"] == "my-request-1"


def test_the_header_counts_when_there_is_a_ticket_too(server: Server, alice: User) -> None:
    page = server.open(open_session(user=alice).access_token, target=f"{PATH}?ticket=used")
    assert page.next().event == "hello"


def test_without_redis_there_are_no_tickets(api: Api, server: Server, alice: User, settings: Settings) -> None:
    client = api(alice)
    address = settings.REDIS_URL
    settings.REDIS_URL = "redis://127.0.0.1:9/0"
    common_redis.connection.cache_clear()
    answer, page = client.post(TICKET), with_ticket(server, "anything")
    settings.REDIS_URL = address
    common_redis.connection.cache_clear()
    assert (answer.status_code, answer.json()["code"]) == (503, "service_unavailable")
    assert (page.status, page.headers["retry-after"]) == (503, "5")


def test_without_the_database_a_page_is_asked_to_come_later(server: Server, alice: User) -> None:
    token = open_session(user=alice).access_token
    with database.cursor() as cursor, structlog.testing.capture_logs() as lines:
        cursor.execute("ALTER TABLE accounts_session RENAME TO away")
        page = server.ask(f"Authorization: Bearer {token}")
        assert (page.status, page.problem()["code"]) == (503, "service_unavailable")
        cursor.execute("ALTER TABLE away RENAME TO accounts_session")
    assert "stream_refused" in [line["event"] for line in lines]


def test_rule_65_a_page_is_signed_out_with_its_session(visit: Visit, server: Server, alice: User) -> None:
    pair = open_session(user=alice)
    page, other = server.open(pair.access_token), visit(alice)
    log_out(pair.refresh_token)
    assert ended(page, "signed_out")
    publish(alice.pk, "read", {})
    assert other.next().event == "read"


def test_rule_65_all_pages_but_one_are_signed_out(visit: Visit, alice: User, bob: User) -> None:
    pages, of_bob = [visit(alice), visit(alice)], visit(bob)
    kept_page = visit(alice)
    end_all_sessions(user=alice, reason=SessionEnd.PASSWORD_CHANGE, except_session=newest_session(alice).id)
    assert all(ended(page, "signed_out") for page in pages)
    for user, page in ((alice, kept_page), (bob, of_bob)):
        publish(user.pk, "read", {})
        assert page.next().event == "read"


@pytest.mark.parametrize("what", ["session", "person"])
def test_rule_65_what_redis_did_not_tell_is_found_out(
    checked_often: None, visit: Visit, alice: User, bob: User, what: str
) -> None:
    page, other = visit(alice), visit(bob)
    if what == "session":
        Session.objects.filter(user=alice).update(revoked_at=clock.now(), revoke_reason=SessionEnd.LOGOUT)
    else:
        User.objects.filter(pk=alice.pk).update(is_active=False)
    assert ended(page, "signed_out")
    publish(bob.pk, "read", {})
    assert other.next().event == "read"


def test_a_check_that_fails_is_made_again(checked_often: None, visit: Visit, server: Server, alice: User) -> None:
    page = visit(alice)
    with database.cursor() as cursor, structlog.testing.capture_logs() as lines:
        cursor.execute("ALTER TABLE accounts_session RENAME TO away")
        server.wait_for(lambda: "stream_check_failed" in [line["event"] for line in lines])
        cursor.execute("ALTER TABLE away RENAME TO accounts_session")
    Session.objects.filter(user=alice).update(revoked_at=clock.now(), revoke_reason=SessionEnd.LOGOUT)
    assert ended(page, "signed_out")


def test_rule_65_a_stream_ends_when_what_was_shown_runs_out(server: Server, alice: User) -> None:
    open_session(user=alice)
    for seconds in (-5, 1):
        ends_at = clock.now() + timedelta(seconds=seconds)
        ticket = issue_ticket(Visitor(alice.pk, newest_session(alice).id, ends_at))
        assert ended(with_ticket(server, ticket), "token_expired")


def test_rule_81_a_sixth_stream_ends_the_oldest(visit: Visit, alice: User, bob: User) -> None:
    of_bob = visit(bob)
    pages = [visit(alice) for _ in range(6)]
    assert ended(pages[0], "too_many_streams")
    publish(alice.pk, "read", {})
    assert [page.next().event for page in pages[1:]] == ["read"] * 5
    publish(bob.pk, "read", {})
    assert of_bob.next().event == "read"


def test_rule_81_streams_that_nobody_reads_are_borne_with_to_a_limit() -> None:
    never = AsyncMock()

    async def open_many() -> None:
        hub, visitor = Hub(), Visitor(uuid4(), uuid4(), clock.now())
        clients = [Client(visitor, "live:somebody", never) for _ in range(11)]
        for client in clients[:10]:
            hub.admit(client)
        with pytest.raises(TooManyRequests):
            hub.admit(clients[10])
        hub.leave(clients[0])
        hub.admit(clients[10])
        for client in clients[1:]:
            hub.leave(client)

    asyncio.run(open_many())
    never.assert_not_awaited()


def test_rule_81_a_full_server_says_so(
    visit: Visit, server: Server, alice: User, bob: User, settings: Settings
) -> None:
    settings.STREAM_MAX_CLIENTS = 1
    page = visit(alice)
    refused = server.ask(f"Authorization: Bearer {open_session(user=bob).access_token}")
    assert (refused.status, refused.headers["retry-after"]) == (503, "30")
    assert refused.problem()["code"] == "service_unavailable"
    page.close()
    token = open_session(user=bob).access_token
    server.wait_for(lambda: server.ask(f"Authorization: Bearer {token}").status == 200)


@pytest.mark.parametrize(
    ("method", "target", "host", "status"),
    [
        ("POST", PATH, "localhost", 405),
        ("HEAD", PATH, "localhost", 405),
        ("GET", "/api/v1/notifications/", "localhost", 404),
        ("GET", f"{PATH}more/", "localhost", 404),
        ("GET", "/", "localhost", 404),
        ("GET", PATH, "evil.example", 400),
        ("GET", PATH, "evil.example/@localhost", 400),
        ("GET", PATH, None, 400),
        ("POST", "/healthz", "localhost", 405),
    ],
)
def test_everything_else_is_a_problem(server: Server, method: str, target: str, host: str | None, status: int) -> None:
    page = server.ask(target=target, method=method, host=host)
    assert (page.status, page.headers["content-type"]) == (status, "application/problem+json")
    if status == 405:
        assert page.headers["allow"] == ("GET, OPTIONS" if target == PATH else "GET, HEAD")
    if method != "HEAD":
        assert page.problem()["status"] == status


def test_the_server_tells_whether_it_lives(server: Server) -> None:
    page = server.ask(target="/healthz")
    assert (page.status, json.loads(page.body())) == (200, {"status": "ok"})


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [("https://app.numerai.example", "https://app.numerai.example"), ("https://evil.example", None)],
)
def test_pages_of_the_frontend_alone_may_ask(server: Server, origin: str, allowed: str | None) -> None:
    page = server.ask(f"Origin: {origin}", "Access-Control-Request-Method: GET", method="OPTIONS")
    assert page.status == 200
    assert page.headers.get("access-control-allow-origin") == allowed
    assert "authorization" in page.headers["access-control-allow-headers"]
    assert "last-event-id" in page.headers["access-control-allow-headers"]
    assert page.headers["access-control-allow-methods"] == "GET"


def test_rule_64_a_log_line_has_no_query(api: Api, server: Server, alice: User) -> None:
    ticket = ticket_of(api, alice)
    with structlog.testing.capture_logs() as lines:
        page = with_ticket(server, ticket)
        assert page.next().event == "hello"
        page.close()
        server.wait_for(lambda: "stream" in [line["event"] for line in lines])
    assert ticket not in repr(lines)
    (line,) = [line for line in lines if line["event"] == "stream"]
    assert (line["status"], line["user_id"]) == (200, str(alice.pk))


def test_the_api_itself_says_where_the_stream_is(api: Api, alice: User, settings: Settings) -> None:
    answer = api(alice).get(PATH)
    assert (answer.status_code, answer.json()["code"]) == (421, "stream_elsewhere")
    assert answer.json()["url"] == settings.STREAM_URL
