from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from conftest import Api
from notifications import kinds
from notifications.centre import selectors
from notifications.centre.listing import Filters, Place, statement_for
from notifications.kinds import Kind
from notifications.models import Notification
from notifications.services import notify
from notifications.tests.conftest import Tell
from numerai.common import clock

LIST = "/api/v1/notifications/"
COUNT = f"{LIST}unread-count/"
READ_ALL = f"{LIST}read-all/"
# Each fiftieth row is the person's; of theirs each tenth is unread, each tenth archived, each twentieth an info.
FILL = """
    INSERT INTO notifications_notification (
        public_id, recipient_id, kind, notification_type, title, message, language, data, action_url, priority,
        in_centre, read_at, archived_at, occurrences
    )
    SELECT gen_random_uuid(), CASE WHEN row %% 50 = 0 THEN %(person)s ELSE %(crowd)s END, 'sample.note',
           CASE WHEN n %% 20 = 0 THEN 'info' ELSE 'payment' END, 'News', '', 'en', '{}', '', 'normal', true,
           CASE WHEN n %% 10 > 0 THEN now() END, CASE WHEN n %% 10 = 1 THEN now() END, 1
    FROM generate_series(1, 10000) AS row, LATERAL (SELECT row / 50 AS n) AS numbered
"""


def rows(user: User) -> list[dict[str, Any]]:
    """The person's rows as they stand, to show that nothing changed."""
    return [dict(row) for row in Notification.objects.filter(recipient=user).order_by("id").values()]


def titles(response: Any) -> list[str]:
    assert response.status_code == 200, response.content
    return [each["title"] for each in response.json()["results"]]


def counted(response: Any) -> tuple[int, bool]:
    assert response.status_code == 200, response.content
    return response.json()["count"], response.json()["capped"]


def updated(response: Any) -> tuple[int, int]:
    """How many an answer says it changed, and how many are unread since."""
    assert response.status_code == 200, response.content
    return response.json()["updated"], response.json()["count"]


def test_the_list_shows_what_the_frontend_reads(alice: User, api: Api) -> None:
    made = notify(
        user=alice, kind="sample.plan_changed", context={"plan": "elite"}, action_url="/plans", priority="high"
    )
    page = api(alice).get(LIST).json()
    (shown,) = page["results"]
    created_at = datetime.fromisoformat(shown.pop("created_at"))
    assert abs(created_at - clock.now()) < timedelta(minutes=1)
    assert shown == {
        "id": str(made.public_id),
        "kind": "sample.plan_changed",
        "category": "billing",
        "notification_type": "payment",
        "title": "Alice Marie Johnson, your plan is elite",
        "message": "From today on you have elite.",
        "data": {"plan": "elite"},
        "action_url": "/plans",
        "priority": "high",
        "occurrences": 1,
        "is_read": False,
        "read_at": None,
        "archived_at": None,
        "expires_at": None,
    }
    del page["results"]
    assert page == {"count": 1, "count_capped": False, "next": None, "previous": None}


def test_the_newest_comes_first_page_by_page(alice: User, api: Api, tell: Tell) -> None:
    for number in range(5):
        tell(alice, str(number))
    first = api(alice).get(LIST, {"page_size": 2})
    assert titles(first) == ["4", "3"]
    assert first.json()["count"] == 5
    second = api(alice).get(first.json()["next"])
    assert titles(second) == ["2", "1"]
    assert titles(api(alice).get(second.json()["previous"])) == ["4", "3"]
    assert api(alice).get(LIST, {"page": 9}).status_code == 404


def test_a_page_never_holds_more_than_a_hundred(alice: User, api: Api, tell: Tell) -> None:
    Notification.objects.bulk_create(
        Notification(recipient=alice, kind="sample.note", notification_type="info", title="x") for _ in range(101)
    )
    assert len(api(alice).get(LIST, {"page_size": 1000}).json()["results"]) == 100


def test_filters(alice: User, api: Api, tell: Tell) -> None:
    tell(alice, "Mercury")
    read = tell(alice, "Venus 100%")
    notify(user=alice, kind="sample.plan_changed", context={"plan": "venus_plan"})
    api(alice).post(f"{LIST}{read.public_id}/read/")
    assert titles(api(alice).get(LIST, {"type": "info"})) == ["Venus 100%", "Mercury"]
    assert titles(api(alice).get(LIST, {"unread": "true", "type": "info"})) == ["Mercury"]
    assert len(titles(api(alice).get(LIST, {"unread": "false"}))) == 3
    assert titles(api(alice).get(LIST, {"q": "VENUS 1"})) == ["Venus 100%"]
    assert titles(api(alice).get(LIST, {"q": "About mer"})) == ["Mercury"]
    assert titles(api(alice).get(LIST, {"q": "0%"})) == ["Venus 100%"]
    assert titles(api(alice).get(LIST, {"q": "venus%plan"})) == []
    assert len(titles(api(alice).get(f"{LIST}?page=&type=&unread=&q="))) == 3


@pytest.mark.parametrize(
    "query",
    [
        {"type": "surprise"},
        {"type": ["info", "x"]},
        {"unread": "perhaps"},
        {"q": "x" * 101},
        {"q": "a\x00b"},
        {"priority": "urgent"},
        {"kind": "sample.unknown"},
        {"category": "unknown"},
        {"archived": "perhaps"},
        {"before": "seven"},
        {"after": "seven"},
    ],
)
def test_a_filter_that_means_nothing_is_refused(alice: User, api: Api, query: dict[str, Any]) -> None:
    response = api(alice).get(LIST, query)
    assert response.status_code == 400
    assert response.json()["code"] == "validation_error"
    assert response.json()["errors"][0]["field"] in query


def test_what_is_deleted_expired_foreign_or_not_for_the_centre_is_hidden(
    alice: User, bob: User, api: Api, tell: Tell
) -> None:
    kinds.register(Kind("sample.code", "info", "security", ("email",), critical=True))
    tell(alice, "shown")
    tell(bob, "foreign")
    notify(user=alice, kind="sample.code")
    expired, deleted = tell(alice, "expired"), tell(alice, "deleted")
    Notification.objects.filter(pk=expired.pk).update(expires_at=clock.now())
    Notification.objects.filter(pk=deleted.pk).update(deleted_at=clock.now())
    assert titles(api(alice).get(LIST)) == ["shown"]
    assert counted(api(alice).get(COUNT)) == (1, False)
    for hidden in (expired, deleted):
        assert api(alice).post(f"{LIST}{hidden.public_id}/read/").status_code == 404
        assert api(alice).delete(f"{LIST}{hidden.public_id}/").status_code == 404


def test_an_expiry_ahead_hides_nothing(alice: User, api: Api, tell: Tell) -> None:
    made = tell(alice, "soon")
    Notification.objects.filter(pk=made.pk).update(expires_at=clock.now() + timedelta(minutes=5))
    assert titles(api(alice).get(LIST)) == ["soon"]
    assert api(alice).get(COUNT).json()["count"] == 1


def test_the_count_is_exact_up_to_its_cap(alice: User, api: Api, monkeypatch: pytest.MonkeyPatch, tell: Tell) -> None:
    monkeypatch.setattr(selectors, "COUNT_CAP", 3)
    for number in range(3):
        tell(alice, str(number))
    assert counted(api(alice).get(COUNT)) == (3, False)
    tell(alice, "4")
    assert counted(api(alice).get(COUNT)) == (3, True)


def test_reading_keeps_the_first_moment(alice: User, api: Api, tell: Tell) -> None:
    tell(alice, "other")
    made = tell(alice, "x")
    first = api(alice).post(f"{LIST}{made.public_id}/read/")
    assert first.status_code == 200
    answer = first.json()
    assert (answer["id"], answer["is_read"], answer["count"]) == (str(made.public_id), True, 1)
    assert api(alice).post(f"{LIST}{made.public_id}/read/").json() == answer
    made.refresh_from_db()
    assert made.read_at == datetime.fromisoformat(answer["read_at"])
    assert api(alice).get(LIST).json()["results"][0]["is_read"] is True


def test_read_all(alice: User, bob: User, api: Api, tell: Tell) -> None:
    for number in range(3):
        tell(alice, str(number))
    tell(bob, "his")
    assert updated(api(alice).post(READ_ALL)) == (3, 0)
    moments = [row["read_at"] for row in rows(alice)]
    assert updated(api(alice).post(READ_ALL, {})) == (0, 0)
    assert [row["read_at"] for row in rows(alice)] == moments
    assert api(bob).get(COUNT).json()["count"] == 1


def test_read_all_up_to_what_was_on_the_screen(alice: User, api: Api, tell: Tell) -> None:
    tell(alice, "old")
    newest = tell(alice, "newest on the screen")
    tell(alice, "arrived since")
    api(alice).delete(f"{LIST}{newest.public_id}/")
    body = {"up_to_id": str(newest.public_id)}
    assert updated(api(alice).post(READ_ALL, body)) == (1, 1)
    assert titles(api(alice).get(LIST, {"unread": "true"})) == ["arrived since"]


def test_read_all_of_one_type(alice: User, api: Api, tell: Tell) -> None:
    tell(alice, "note")
    notify(user=alice, kind="sample.plan_changed", context={"plan": "elite"})
    assert updated(api(alice).post(READ_ALL, {"type": "payment"})) == (1, 1)
    assert titles(api(alice).get(LIST, {"unread": "true"})) == ["note"]


@pytest.mark.parametrize("body", [{"up_to_id": "seven"}, {"type": "surprise"}, {"type": ["info"]}])
def test_a_bad_read_all_changes_nothing(alice: User, api: Api, tell: Tell, body: dict[str, Any]) -> None:
    tell(alice)
    before = rows(alice)
    response = api(alice).post(READ_ALL, body)
    assert (response.status_code, response.json()["code"]) == (400, "validation_error")
    assert rows(alice) == before


def test_deleting_hides_at_once_and_tells_the_count(alice: User, api: Api, tell: Tell) -> None:
    tell(alice, "stays")
    made = tell(alice, "goes")
    response = api(alice).delete(f"{LIST}{made.public_id}/")
    assert (response.status_code, response.content, response["X-Unread-Count"]) == (204, b"", "1")
    assert titles(api(alice).get(LIST, {"q": "o"})) == ["stays"]
    assert api(alice).get(COUNT).json()["count"] == 1
    assert api(alice).delete(f"{LIST}{made.public_id}/").status_code == 404


def test_a_stranger_gets_404_and_changes_nothing(alice: User, charlie: User, api: Api, tell: Tell) -> None:
    made = tell(alice)
    before = rows(alice)
    stranger = api(charlie)
    answers = [
        stranger.post(f"{LIST}{made.public_id}/read/"),
        stranger.delete(f"{LIST}{made.public_id}/"),
        stranger.post(READ_ALL, {"up_to_id": str(made.public_id)}),
        stranger.post(f"{LIST}{uuid4()}/read/"),
    ]
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(404, "not_found")] * 4
    assert len({answer.json()["detail"] for answer in answers}) == 1
    assert stranger.post(READ_ALL).json()["updated"] == 0
    assert titles(stranger.get(LIST)) == []
    assert stranger.get(COUNT).json()["count"] == 0
    assert rows(alice) == before


def test_anonymous_callers_get_401_and_change_nothing(alice: User, api: Api, tell: Tell) -> None:
    made = tell(alice)
    before = rows(alice)
    anonymous = api(None)
    answers = [
        anonymous.get(LIST),
        anonymous.get(COUNT),
        anonymous.post(f"{LIST}{made.public_id}/read/"),
        anonymous.post(READ_ALL),
        anonymous.delete(f"{LIST}{made.public_id}/"),
    ]
    assert [answer.status_code for answer in answers] == [401] * 5
    assert rows(alice) == before


def test_the_number_of_queries_does_not_grow(
    alice: User, api: Api, tell: Tell, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = api(alice)
    for number in range(30):
        tell(alice, str(number))
    with django_assert_num_queries(2):  # who is it, how many
        client.get(COUNT)
    with django_assert_num_queries(2):  # who is it, how many and which
        assert len(titles(client.get(LIST, {"page_size": 30}))) == 30


def fill(user: User) -> None:
    """A person with a few hundred among others with many more, swept, as the table of a year is."""
    crowd = User.objects.create_user(email="crowd@example.com", full_name="Clara Crowd")
    with connection.cursor() as cursor:
        # Sweeping marks as seen by all only what has surely been written down.
        cursor.execute("SET synchronous_commit = on")
        cursor.execute(FILL, {"person": user.pk, "crowd": crowd.pk})
        cursor.execute("RESET synchronous_commit")
        seen = 0
        while not seen:  # An autovacuum worker may look at the rows just then, and they are left for the next time.
            cursor.execute("VACUUM (ANALYZE) notifications_notification")
            cursor.execute("SELECT relallvisible FROM pg_class WHERE relname = 'notifications_notification'")
            (seen,) = cursor.fetchone()


def plan_of(statement: str, parameters: dict[str, Any]) -> str:
    """By the costs of a disk that does not spin."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL random_page_cost = 1.1; SET LOCAL enable_bitmapscan = off")
        cursor.execute(f"EXPLAIN {statement}", parameters)
        return "\n".join(line for (line,) in cursor.fetchall())


@pytest.mark.django_db(transaction=True)
def test_each_list_has_its_index_and_counting_needs_no_more(alice: User) -> None:
    fill(alice)
    lists = {
        "notifications_unread": Filters(unread=True),
        "notifications_list": Filters(),
        "notifications_list_of_type": Filters(notification_type="info"),
        "notifications_archive": Filters(archived=True),
    }
    for index, filters in lists.items():
        plan = plan_of(*statement_for(alice.pk, filters, Place(size=5)))
        assert f"Index Only Scan using {index} " in plan, plan
        assert "Seq Scan" not in plan
    badge = plan_of(selectors.COUNT_UNREAD, {"user": alice.pk, "now": clock.now(), "limit": 100})
    assert "Index Only Scan using notifications_unread" in badge
