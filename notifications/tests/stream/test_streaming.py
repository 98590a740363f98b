"""Open pages: what they are told, in which order, and what they are not told."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import pairwise

import pytest
import time_machine
from django.db import connection
from pytest_django import Settings

from accounts.models import User
from accounts.sessions import open_session
from conftest import Api
from notifications.models import LiveEvent
from notifications.stream import publish, replay, sending
from notifications.stream.events import announce, record, remove_old
from notifications.tests.conftest import Tell
from notifications.tests.stream.conftest import Visit
from notifications.tests.stream.pages import Page, Server, in_thread
from notifications.tests.stream.test_events import elsewhere, write
from numerai.common import clock

pytestmark = pytest.mark.django_db(transaction=True)

NONE = {"count": 0, "capped": False}


def versions(page: Page, number: int) -> list[int]:
    """Those of the next ``number`` events, each of which must be named by its version."""
    told = [page.next() for _ in range(number)]
    assert all(each.identifier == str(each.data["version"]) for each in told)
    return [each.data["version"] for each in told]


def test_rule_77_a_stream_says_how_it_is_to_be_treated(server: Server, alice: User) -> None:
    write(alice)
    announce([write(alice).pk])
    page = server.open(open_session(user=alice).access_token, "Origin: https://app.numerai.example")
    shown = {name: page.headers[name] for name in ("content-type", "cache-control", "x-accel-buffering", "vary")}
    assert shown == {
        "content-type": "text/event-stream",
        "cache-control": "no-cache, no-transform",
        "x-accel-buffering": "no",
        "vary": "Origin",
    }
    assert page.headers["access-control-allow-origin"] == "https://app.numerai.example"
    hello = page.next()
    assert (hello.event, hello.identifier) == ("hello", "1")
    assert hello.data == {"unread": {"count": 2, "capped": False}, "version": 1}
    assert page.retry == "3000"


def test_rule_77_a_quiet_stream_is_kept_alive(visit: Visit, alice: User, settings: Settings) -> None:
    settings.STREAM_KEEP_ALIVE_SECONDS = 0.05
    page = visit(alice)
    page.keep_alive()
    page.keep_alive()
    publish(alice.pk, "read", {})
    assert page.next().event == "read"


def test_rule_75_every_event_has_the_count_and_the_version(visit: Visit, alice: User, tell: Tell) -> None:
    page = visit(alice)
    made = tell(alice, priority="high")
    told = page.next()
    assert (told.event, told.identifier) == ("notification", "1")
    unread = {"count": 1, "capped": False}
    assert told.data == {
        "id": str(made.public_id),
        "type": "info",
        "priority": "high",
        "unread": unread,
        "version": 1,
    }
    publish(alice.pk, "numerology.report_progress", {"percent": 40})
    told = page.next()
    assert (told.event, told.data) == (
        "numerology.report_progress",
        {"percent": 40, "unread": unread, "version": 2},
    )


def test_rule_76_what_one_page_reads_the_others_hear(visit: Visit, alice: User, tell: Tell, api: Api) -> None:
    pages = [visit(alice), visit(alice)]
    made = tell(alice)
    assert api(alice).post(f"/api/v1/notifications/{made.public_id}/read/").status_code == 200
    for page in pages:
        assert page.next().event == "notification"
        told = page.next()
        assert (told.event, told.data["ids"], told.data["unread"]) == ("read", [str(made.public_id)], NONE)


def test_rule_66_nobody_hears_what_others_are_told(visit: Visit, alice: User, bob: User) -> None:
    of_alice, of_bob = visit(alice), visit(bob)
    for _ in range(5):
        publish(alice.pk, "read", {"of": "alice"})
    publish(bob.pk, "read", {"of": "bob"})
    assert versions(of_alice, 5) == [1, 2, 3, 4, 5]
    told = of_bob.next()
    assert (told.data["of"], told.data["version"]) == ("bob", 1)


def test_rule_78_who_comes_back_is_told_what_was_missed_and_no_more(visit: Visit, server: Server, alice: User) -> None:
    for _ in range(5):
        publish(alice.pk, "read", {})
    page = visit(alice, last=2)
    assert versions(page, 3) == [3, 4, 5]
    publish(alice.pk, "read", {})
    assert versions(page, 1) == [6]
    by_parameter = server.open(
        open_session(user=alice).access_token, target="/api/v1/notifications/stream/?last_event_id=4"
    )
    assert by_parameter.next().identifier is None
    assert versions(by_parameter, 2) == [5, 6]


def test_rule_78_who_has_missed_nothing_is_told_nothing(visit: Visit, alice: User) -> None:
    publish(alice.pk, "read", {})
    page = visit(alice, last=1)
    publish(alice.pk, "read", {})
    assert versions(page, 1) == [2]


@pytest.mark.parametrize("last", ["nonsense", "-1", "3", "99999999999999999999", "٣"])
def test_rule_78_an_unknown_id_is_answered_with_a_resync(visit: Visit, alice: User, last: str) -> None:
    write(alice)
    for _ in range(2):
        publish(alice.pk, "read", {})
    page = visit(alice, last=last)
    told = page.next()
    assert (told.event, told.identifier) == ("resync", "2")
    assert told.data == {"unread": {"count": 1, "capped": False}, "version": 2, "reason": "unknown_id"}
    publish(alice.pk, "read", {})
    assert versions(page, 1) == [3]


def test_rule_78_who_comes_back_too_late_is_told_to_resync(visit: Visit, alice: User) -> None:
    for _ in range(3):
        publish(alice.pk, "read", {})
    with time_machine.travel(clock.now() + timedelta(hours=25), tick=False):
        assert remove_old() == 3
    assert visit(alice, last=1).next().data["reason"] == "unknown_id"
    publish(alice.pk, "read", {})
    assert visit(alice, last=1).next().data["reason"] == "unknown_id"
    assert versions(visit(alice, last=3), 1) == [4]


def test_rule_78_so_is_who_has_missed_too_much(visit: Visit, alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay, "MOST", 3)
    for _ in range(4):
        publish(alice.pk, "read", {})
    assert versions(visit(alice, last=1), 3) == [2, 3, 4]
    assert visit(alice, last=0).next().event == "resync"


def test_rule_78_a_hole_is_no_replay(visit: Visit, alice: User) -> None:
    for _ in range(4):
        publish(alice.pk, "read", {})
    LiveEvent.objects.filter(version=3).delete()
    assert visit(alice, last=1).next().event == "resync"
    assert versions(visit(alice, last=3), 1) == [4]


def test_rule_78_many_breaks_under_way_leave_no_gap_and_no_double(server: Server, alice: User) -> None:
    token, number = open_session(user=alice).access_token, 150

    def keep_publishing() -> int:
        return [publish(alice.pk, "read", {}) for _ in range(number)][-1]

    seen: list[int] = []
    with ThreadPoolExecutor(1) as pool:
        publishing = pool.submit(elsewhere(keep_publishing))
        while len(seen) < number:
            page = server.open(token, f"Last-Event-ID: {seen[-1] if seen else 0}")
            assert page.next().event == "hello"
            seen += versions(page, min(6, number - len(seen)))
            page.close()
        assert publishing.result(60) == number
    assert seen == list(range(1, number + 1))


def test_rule_83_who_comes_back_is_not_told_of_what_was_deleted(visit: Visit, alice: User, tell: Tell) -> None:
    deleted, kept = tell(alice), tell(alice)
    type(deleted).objects.filter(pk=deleted.pk).update(deleted_at=clock.now())
    page = visit(alice, last=0)
    told = page.next()
    assert (told.data["id"], told.data["version"]) == (str(kept.public_id), 2)
    publish(alice.pk, "read", {})
    assert versions(page, 1) == [3]


def test_what_redis_lost_is_told_before_what_it_brings(visit: Visit, alice: User) -> None:
    page = visit(alice)
    sending.live_pause.begin()
    for _ in range(3):
        publish(alice.pk, "read", {})
    sending.live_pause.end()
    publish(alice.pk, "read", {})
    assert versions(page, 4) == [1, 2, 3, 4]


def test_messages_out_of_order_are_told_in_order_and_once(visit: Visit, alice: User) -> None:
    page = visit(alice)
    sending.live_pause.begin()
    told = [record(alice.pk, "read", {}) for _ in range(3)]
    sending.live_pause.end()
    late = [sending.Message(alice.pk, each.version, "read", json.dumps({"unread": NONE})) for each in told]
    for message in reversed(late):
        sending.send_on_commit([message])
    publish(alice.pk, "read", {})
    assert versions(page, 4) == [1, 2, 3, 4]


def test_what_redis_lost_is_found_in_the_database(checked_often: None, visit: Visit, alice: User) -> None:
    page = visit(alice)
    sending.live_pause.begin()
    publish(alice.pk, "read", {})
    assert versions(page, 1) == [1]
    publish(alice.pk, "read", {})
    assert versions(page, 1) == [2]


def test_a_page_that_lost_too_much_is_told_to_resync(
    visit: Visit, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replay, "MOST", 2)
    page = visit(alice)
    sending.live_pause.begin()
    for _ in range(3):
        publish(alice.pk, "read", {})
    sending.live_pause.end()
    publish(alice.pk, "read", {})
    told = page.until(lambda each: each.event == "resync")[-1]
    assert (told.data["reason"], told.data["version"]) == ("missed", 4)
    publish(alice.pk, "read", {})
    assert versions(page, 1) == [5]


def test_rule_77_a_slow_reader_is_told_to_resync_and_holds_up_nobody(transactional_db: None, alice: User) -> None:
    number, text = 400, "x" * 4000
    with in_thread(send_buffer=4096) as server:
        token = open_session(user=alice).access_token
        slow, quick = server.open(token, receive_buffer=4096), server.open(token)
        assert [slow.next().event, quick.next().event] == ["hello", "hello"]
        for version in range(1, number + 1):
            publish(alice.pk, "read", {"text": text})
            # What the quick one has, the slow one was offered.
            assert versions(quick, 1) == [version]
        told = slow.until(lambda each: each.data["version"] == number)
        resyncs = [each for each in told if each.event == "resync"]
        assert {each.data["reason"] for each in resyncs} == {"overflow"}
        assert len(told) < number - 100
        for before, after in pairwise(told):
            is_next = after.data["version"] == before.data["version"] + 1
            assert is_next or after in resyncs
        publish(alice.pk, "read", {})
        assert [versions(slow, 1), versions(quick, 1)] == [[number + 1], [number + 1]]


def test_a_page_whose_answer_fails_comes_back(visit: Visit, server: Server, alice: User) -> None:
    page = visit(alice)
    sending.live_pause.begin()
    publish(alice.pk, "read", {})
    sending.live_pause.end()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE notifications_liveevent RENAME TO away")
        sending.send_on_commit([sending.Message(alice.pk, 2, "read", json.dumps({"unread": NONE}))])
        assert page.is_over()
        cursor.execute("ALTER TABLE away RENAME TO notifications_liveevent")
    assert versions(visit(alice, last=0), 1) == [1]


def test_a_page_that_is_open_when_the_server_stops_comes_to_its_end(transactional_db: None, alice: User) -> None:
    with in_thread() as server:
        page = Page(server.port, f"Authorization: Bearer {open_session(user=alice).access_token}")
        assert page.next().event == "hello"
    assert page.is_over()
    page.close()
