"""The person's own list of events, and the evidence behind it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from accounts.events import EventKind, record
from accounts.events.sentences import SENTENCES
from accounts.models import Plan, SecurityEvent, SecurityEventOrigin, Session, User
from accounts.plans import record_plan
from conftest import Api
from numerai.common import clock
from numerai.common.http.middleware import RequestContextMiddleware

LIST = "/api/v1/users/security-events/"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:130.0) Gecko/20100101 Firefox/130.0"
LONG = timedelta(days=7 * 365 + 3)


def from_a_browser(kind: EventKind, user: User, **more: Any) -> SecurityEvent:
    made: list[SecurityEvent] = []

    def view(request: HttpRequest) -> HttpResponse:
        made.append(record(kind, user_id=user.pk, **more))
        return HttpResponse()

    request = RequestFactory().post("/", REMOTE_ADDR="198.51.100.77", headers={"User-Agent": FIREFOX})
    RequestContextMiddleware(view)(request)
    return made[0]


def test_a_person_reads_what_happened_newest_first(bob: User, alice: User, api: Api) -> None:
    api(alice)
    client = api(bob)
    session = Session.objects.get(user=bob)
    other = from_a_browser(EventKind.PASSWORD_CHANGED, bob, session_id=uuid4())
    body = client.get(LIST).json()
    assert (body["count"], body["next"], body["previous"]) == (2, None, None)
    newest, oldest = body["results"]
    assert newest == {
        "id": str(other.public_id),
        "at": other.at.isoformat().replace("+00:00", "Z"),
        "kind": "password_changed",
        "description": "Your password was changed.",
        "device": "Firefox on Windows",
        "address": "198.51.100.0",
        "is_this_session": False,
    }
    assert (oldest["kind"], oldest["is_this_session"]) == ("sign_in", True)
    assert (oldest["device"], oldest["address"]) == (None, None)
    assert oldest["id"] == str(SecurityEvent.objects.get(session_id=session.id).public_id)
    assert set(oldest) == set(newest)


def test_rule_37_nobody_reads_events_of_others(bob: User, charlie: User, api: Api) -> None:
    client = api(charlie)
    event = from_a_browser(EventKind.PASSWORD_CHANGED, bob, session_id=Session.objects.get(user=charlie).id)
    for query in ({}, {"user_id": str(bob.pk)}, {"user": str(bob.pk)}, {"kind": "password_changed"}):
        assert str(event.public_id) not in client.get(LIST, query).content.decode()
    assert api(None).get(LIST).status_code == 401


def test_rule_39_the_number_of_a_row_never_leaves(bob: User, api: Api) -> None:
    event = from_a_browser(EventKind.SIGN_UP, bob)
    ids = {row["id"] for row in api(bob).get(LIST).json()["results"]}
    assert str(event.pk) not in ids
    assert str(event.public_id) in ids


@pytest.mark.parametrize(
    ("query", "kinds"),
    [
        ({"kind": "exported"}, ["exported"]),
        ({"since": "2026-03-02"}, ["sign_in", "exported"]),
        ({"until": "2026-03-01"}, ["password_set"]),
        ({"since": "2026-03-02", "until": "2026-03-02"}, ["exported"]),
        ({"since": "2026-03-03", "until": "2026-03-03"}, []),
        ({"kind": "sign_in", "until": "2026-03-02"}, []),
        ({"kind": "", "since": "", "until": ""}, ["sign_in", "exported", "password_set"]),
    ],
)
def test_events_are_filtered_by_kind_and_by_days_of_the_person(
    bob: User, api: Api, query: dict[str, str], kinds: list[str]
) -> None:
    bob.profile.timezone = "Asia/Tokyo"
    bob.profile.save()
    for kind, moment in (
        (EventKind.PASSWORD_SET, datetime(2026, 3, 1, 14, 59, 59, tzinfo=UTC)),
        (EventKind.EXPORTED, datetime(2026, 3, 1, 15, tzinfo=UTC)),
    ):
        with time_machine.travel(moment, tick=False):
            from_a_browser(kind, bob)
    found = api(bob).get(LIST, query).json()["results"]
    assert [row["kind"] for row in found] == kinds


@pytest.mark.parametrize("timezone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"until": "9999-12-31"}, 1),
        ({"since": "9999-12-31"}, 0),
        ({"since": "0001-01-01"}, 1),
        ({"until": "0001-01-01"}, 0),
    ],
)
def test_there_is_no_day_too_early_or_too_late(
    bob: User, api: Api, timezone: str, query: dict[str, str], count: int
) -> None:
    bob.profile.timezone = timezone
    bob.profile.save()
    answer = api(bob).get(LIST, query)
    assert (answer.status_code, answer.json()["count"]) == (200, count)


@pytest.mark.parametrize(
    ("query", "field"),
    [({"kind": "made up"}, "kind"), ({"since": "yesterday"}, "since"), ({"until": "2026-02-30"}, "until")],
)
def test_a_filter_that_means_nothing_is_refused(bob: User, api: Api, query: dict[str, str], field: str) -> None:
    answer = api(bob).get(LIST, query)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, field)


def test_a_page_costs_three_queries_however_long_it_is(bob: User, api: Api) -> None:
    client = api(bob)
    for _ in range(30):
        from_a_browser(EventKind.SIGN_IN, bob)
    with CaptureQueriesContext(connection) as queries:
        body = client.get(LIST, {"page_size": 30}).json()
    assert (body["count"], len(body["results"]), len(queries)) == (31, 30, 3)
    assert client.get(LIST, {"page": 4}).status_code == 404
    assert client.get(LIST, {"page": 2}).json()["previous"].endswith(LIST)


def test_every_kind_has_a_sentence(bob: User, api: Api) -> None:
    assert set(SENTENCES) == set(EventKind)
    for kind in EventKind:
        from_a_browser(kind, bob)
    from_a_browser(EventKind.SIGN_IN, bob, details={"method": "apple"})
    from_a_browser(EventKind.SIGN_IN, bob, details={"method": "password"})
    rows = api(bob).get(LIST, {"page_size": 100}).json()["results"]
    assert [row["description"] for row in rows[1:3]] == ["You signed in.", "You signed in with Apple."]
    assert all(row["description"].endswith(".") for row in rows)


def refused(act: Any) -> bool:
    try:
        with transaction.atomic():
            act()
    except IntegrityError:
        return True
    return False


def test_rule_71_the_database_keeps_events_for_seven_years(bob: User) -> None:
    event = from_a_browser(EventKind.SIGN_IN, bob)
    rows = SecurityEvent.objects.filter(pk=event.pk)
    assert refused(lambda: rows.update(kind=EventKind.SIGN_UP))
    assert refused(lambda: rows.update(at=clock.now() - LONG))
    assert refused(rows.delete)
    with time_machine.travel(clock.now() - LONG):
        old = from_a_browser(EventKind.SIGN_IN, bob)
    assert refused(lambda: SecurityEvent.objects.filter(pk=old.pk).update(user_id=None))
    SecurityEvent.objects.filter(pk=old.pk).delete()
    assert list(SecurityEvent.objects.all()) == [event]


def test_rule_71_where_an_event_came_from_goes_with_the_person_and_is_never_edited(bob: User) -> None:
    event = from_a_browser(EventKind.SIGN_IN, bob)
    origin = SecurityEventOrigin.objects.filter(event=event)
    assert refused(lambda: origin.update(device="Another"))
    origin.delete()
    assert SecurityEvent.objects.get() == event


def test_rule_71_only_the_suite_empties_the_table(bob: User) -> None:
    name = "accounts_securityevent_truncate"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgname = %s", [name])
        [(definition,)] = cursor.fetchall()
        assert "NOT starts_with((current_database())::text, 'test_'::text)" in definition
        cursor.execute(definition.replace("test_", "other_").replace(name, "elsewhere"))
        assert refused(lambda: cursor.execute("TRUNCATE accounts_securityevent CASCADE"))


def test_the_protection_of_events_can_be_taken_back_and_put_on_again(bob: User) -> None:
    triggers: Any = MigrationLoader(connection).get_migration("accounts", "0006_events_stay").operations[1]
    event = record(EventKind.SIGN_IN, user_id=bob.pk)
    with connection.cursor() as cursor:
        cursor.execute(triggers.reverse_sql)
        assert SecurityEvent.objects.filter(pk=event.pk).update(kind=EventKind.SIGN_UP) == 1
        cursor.execute(triggers.sql)
    assert refused(lambda: SecurityEvent.objects.filter(pk=event.pk).update(kind=EventKind.SIGN_IN))


@pytest.mark.django_db(transaction=True)
def test_rule_70_an_event_goes_with_the_act_that_is_undone(bob: User) -> None:
    with transaction.atomic():
        from_a_browser(EventKind.PASSWORD_CHANGED, bob)
        transaction.set_rollback(True)
    assert not SecurityEvent.objects.exists()
    assert not SecurityEventOrigin.objects.exists()


@pytest.fixture
def desk(client: Client, operator: User) -> Client:
    client.force_login(operator)
    return client


@pytest.mark.parametrize("path", ["accounts/securityevent", "common/auditentry"])
def test_operators_find_what_concerns_a_person_by_any_name_of_theirs(
    desk: Client, bob: User, alice: User, path: str
) -> None:
    event = from_a_browser(EventKind.EXPORTED, bob)
    record_plan(user_id=bob.pk, plan=Plan.BASIC, until=None)
    from_a_browser(EventKind.EXPORTED, alice)
    record_plan(user_id=alice.pk, plan=Plan.BASIC, until=None)
    for words in (str(bob.pk), "bob@example.com", " BOB@Example.com "):
        page = desk.get(f"/admin/{path}/", {"q": words}).content.decode()
        assert str(bob.pk) in page
        assert str(alice.pk) not in page
    assert str(bob.pk) not in desk.get(f"/admin/{path}/", {"q": "nobody@example.com"}).content.decode()
    if path.startswith("accounts"):
        page = desk.get(f"/admin/{path}/", {"q": event.request_id}).content.decode()
        assert str(bob.pk) in page
        assert "198.51.100.0" in desk.get(f"/admin/{path}/{event.pk}/change/").content.decode()
        assert desk.post(f"/admin/{path}/{event.pk}/change/", {"kind": "sign_up"}).status_code == 403


def test_a_persons_page_leads_to_their_events(desk: Client, bob: User) -> None:
    page = desk.get(f"/admin/accounts/user/{bob.pk}/change/").content.decode()
    events = f"/admin/accounts/securityevent/?user_id__exact={bob.pk}"
    audit = f"/admin/common/auditentry/?q={bob.pk}"
    assert events in page
    assert audit in page
    record(EventKind.EXPORTED, user_id=bob.pk)
    assert str(bob.pk) in desk.get(events).content.decode()
    assert desk.get(audit).status_code == 200
