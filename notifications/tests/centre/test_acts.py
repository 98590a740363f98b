"""What a person does with one notification, or with several at once."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from conftest import Api
from notifications import kinds
from notifications.kinds import Kind
from notifications.models import LiveEvent, Notification
from notifications.services import notify
from notifications.stream import events
from notifications.tests.conftest import Tell
from numerai.common import clock

LIST = "/api/v1/notifications/"
BULK = f"{LIST}bulk/"
ACTS = ("read", "unread", "archive", "unarchive")


def url(made: Notification, act: str = "") -> str:
    return f"{LIST}{made.public_id}/{act and act + '/'}"


def titles(client: Any, **query: Any) -> list[str]:
    return [row["title"] for row in client.get(LIST, query).json()["results"]]


def told(user: User) -> list[tuple[str, dict[str, Any]]]:
    """What the person's open pages were told, the oldest first."""
    return list(LiveEvent.objects.filter(user=user).order_by("version").values_list("event_type", "data"))


def rows(user: User) -> list[dict[str, Any]]:
    return [dict(row) for row in Notification.objects.filter(recipient=user).order_by("id").values()]


def test_recent_has_the_ten_newest_and_the_badge(
    alice: User, api: Api, tell: Tell, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = api(alice)
    made = [tell(alice, str(number)) for number in range(12)]
    client.post(url(made[-1], "archive"))
    with django_assert_num_queries(3):  # who is it, how many, which
        answer = client.get(f"{LIST}recent/").json()
    assert [row["title"] for row in answer.pop("results")] == [str(number) for number in range(10, 0, -1)]
    assert answer == {"count": 11, "capped": False, "version": events.current_version(alice.pk)}


def test_detail_is_the_row_of_the_list(
    alice: User, api: Api, tell: Tell, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client, made = api(alice), tell(alice)
    with django_assert_num_queries(2):
        shown = client.get(url(made)).json()
    assert [shown] == client.get(LIST).json()["results"]
    client.post(url(made, "archive"))
    assert client.get(url(made)).json()["archived_at"] is not None
    client.delete(url(made))
    assert client.get(url(made)).status_code == 404


def test_unread_again(alice: User, api: Api, tell: Tell) -> None:
    client, made = api(alice), tell(alice)
    client.post(url(made, "read"))
    answer = client.post(url(made, "unread")).json()
    assert answer == {
        "id": str(made.public_id),
        "is_read": False,
        "read_at": None,
        "archived_at": None,
        "count": 1,
        "capped": False,
        "version": 2,
    }
    assert client.post(url(made, "unread")).json() == answer


def test_the_archive(alice: User, api: Api, tell: Tell) -> None:
    client = api(alice)
    stays, goes = tell(alice, "stays"), tell(alice, "goes")
    answer = client.post(url(goes, "archive")).json()
    assert (answer["count"], answer["is_read"]) == (1, False)
    assert client.post(url(goes, "archive")).json() == answer
    assert titles(client) == titles(client, unread="true") == ["stays"]
    assert titles(client, archived="true") == ["goes"]
    assert client.post(url(goes, "read")).json()["count"] == 1
    assert titles(client, archived="true", unread="true") == []
    answer = client.post(url(goes, "unarchive")).json()
    assert (answer["count"], answer["is_read"], answer["archived_at"]) == (1, True, None)
    assert titles(client) == ["goes", "stays"]
    assert client.delete(url(stays)).status_code == 204
    assert titles(client) == ["goes"]


def test_read_all_leaves_the_archive_alone(alice: User, api: Api, tell: Tell) -> None:
    client, made = api(alice), tell(alice)
    client.post(url(made, "archive"))
    assert client.post(f"{LIST}read-all/").json()["updated"] == 0
    assert Notification.objects.get(pk=made.pk).read_at is None


@pytest.mark.parametrize("action", [*ACTS, "delete"])
def test_bulk_does_what_each_act_does(alice: User, api: Api, tell: Tell, action: str) -> None:
    client = api(alice)
    one, by_many = tell(alice, "one"), tell(alice, "many")
    if action in {"unread", "unarchive"}:
        client.post(BULK, {"action": action.removeprefix("un"), "ids": [str(one.public_id), str(by_many.public_id)]})
    single = client.delete(url(one)) if action == "delete" else client.post(url(one, action))
    assert single.status_code in {200, 204}
    answer = client.post(BULK, {"action": action, "ids": [str(by_many.public_id)]}).json()
    assert answer["updated"] == 1
    assert answer["version"] == events.current_version(alice.pk)
    moments = [[row[name] is None for name in ("read_at", "archived_at", "deleted_at")] for row in rows(alice)]
    assert moments[0] == moments[1]
    assert client.post(BULK, {"action": action, "ids": [str(by_many.public_id)]}).json() == answer | {"updated": 0}


def test_rule_03_every_act_is_idempotent_without_a_key(alice: User, api: Api, tell: Tell) -> None:
    """No stored answers are needed where doing it again does nothing."""
    client, made = api(alice), tell(alice)
    bodies: list[tuple[str, dict[str, Any]]] = [(url(made, act), {}) for act in ACTS]
    bodies += [(BULK, {"action": act, "ids": [str(made.public_id)]}) for act in (*ACTS, "delete")]
    bodies.append((f"{LIST}read-all/", {}))
    for path, body in bodies:
        first = client.post(path, body).json()
        before = rows(alice), told(alice)
        again = client.post(path, body).json()
        assert again == first | ({"updated": 0} if "updated" in first else {})
        assert (rows(alice), told(alice)) == before


def test_rule_66_strangers_get_404_on_every_verb(alice: User, charlie: User, api: Api, tell: Tell) -> None:
    made, stranger = tell(alice), api(charlie)
    mine = tell(charlie, "mine")
    before = rows(alice), told(alice)
    answers = [stranger.get(url(made)), stranger.delete(url(made)), stranger.get(url(made, "deliveries"))]
    answers += [stranger.post(url(made, act)) for act in ACTS]
    answers += [stranger.get(LIST, {name: str(made.public_id)}) for name in ("before", "after")]
    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(404, "not_found")}
    body = {"action": "delete", "ids": [str(made.public_id), str(uuid4()), str(mine.public_id)]}
    assert stranger.post(BULK, body).json()["updated"] == 1
    assert titles(stranger) == []
    assert (rows(alice), told(alice)) == before


def test_anonymous_callers_change_nothing(alice: User, api: Api, tell: Tell) -> None:
    made, anonymous = tell(alice), api(None)
    before = rows(alice)
    answers = [anonymous.get(url(made)), anonymous.get(f"{LIST}recent/"), anonymous.get(url(made, "deliveries"))]
    answers += [anonymous.post(url(made, act)) for act in ACTS]
    answers.append(anonymous.post(BULK, {"action": "read", "ids": [str(made.public_id)]}))
    assert {answer.status_code for answer in answers} == {401}
    assert rows(alice) == before


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "action"),
        ({"action": "explode", "ids": ["00000000-0000-4000-8000-000000000000"]}, "action"),
        ({"action": "read"}, "ids"),
        ({"action": "read", "ids": []}, "ids"),
        ({"action": "read", "ids": ["seven"]}, "ids.0"),
        # Of a list that is too long no entry is looked at.
        ({"action": "read", "ids": ["seven"] * 10_000}, "ids"),
        ({"action": "read", "ids": [False]}, "ids.0"),
        ({"action": "read", "ids": ["00000000000040008000000000000000"]}, "ids.0"),
        ({"action": "read", "ids": "seven"}, "ids"),
        ({"action": "read", "ids": ["00000000-0000-4000-8000-000000000000"] * 101}, "ids"),
    ],
    ids=[
        "empty",
        "unknown action",
        "no ids",
        "none",
        "no id",
        "too many of none",
        "no text",
        "no hyphens",
        "no list",
        "too many",
    ],
)
def test_a_bad_bulk_changes_nothing(alice: User, api: Api, tell: Tell, body: dict[str, Any], field: str) -> None:
    tell(alice)
    before = rows(alice)
    response = api(alice).post(BULK, body)
    assert (response.status_code, response.json()["code"]) == (400, "validation_error")
    assert field in {error["field"] for error in response.json()["errors"]}
    assert rows(alice) == before


def test_a_hundred_are_told_in_one_event(
    alice: User, api: Api, tell: Tell, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = api(alice)
    ids = [str(tell(alice, str(number)).public_id) for number in range(100)]
    with django_assert_num_queries(7):  # who is it; begin, lock, change, number and write the event, commit
        assert client.post(BULK, {"action": "read", "ids": ids}).json()["updated"] == 100
    ((event, data),) = told(alice)
    assert (event, data["ids"]) == ("read", ids)


def test_rule_72_reading_twice_answers_the_first_moment(alice: User, api: Api, tell: Tell) -> None:
    client, made = api(alice), tell(alice)
    first = client.post(url(made, "read")).json()
    assert client.post(url(made, "read")).json() == first
    assert client.post(BULK, {"action": "read", "ids": [str(made.public_id)]}).json()["updated"] == 0
    assert client.get(url(made)).json()["read_at"] == first["read_at"]


def test_rule_73_read_all_reads_what_was_on_the_screen_of_one_type(alice: User, api: Api, tell: Tell) -> None:
    client = api(alice)
    tell(alice, "old")
    notify(user=alice, kind="sample.plan_changed", context={"plan": "old"})
    screen = tell(alice, "screen")
    tell(alice, "since")
    answer = client.post(f"{LIST}read-all/", {"up_to_id": str(screen.public_id), "type": "info"}).json()
    assert (answer["updated"], answer["count"]) == (2, 2)
    assert titles(client, unread="true") == ["since", "Alice Marie Johnson, your plan is old"]
    assert told(alice)[-1][1]["up_to_id"] == str(screen.public_id)
    assert told(alice)[-1][1]["type"] == "info"


def test_rule_75_every_answer_and_its_event_have_count_and_version(alice: User, api: Api, tell: Tell) -> None:
    client = api(alice)
    first, second = tell(alice, "first"), tell(alice, "second")
    start = events.current_version(alice.pk)
    answers = [client.post(url(first, act)).json() for act in ACTS]
    answers.append(client.post(BULK, {"action": "read", "ids": [str(first.public_id)]}).json())
    answers.append(client.post(f"{LIST}read-all/").json())
    deleted = client.delete(url(second))
    seen = [(answer["version"], answer["count"]) for answer in answers]
    seen.append((int(deleted["X-Unread-Version"]), int(deleted["X-Unread-Count"])))
    assert [version for version, _ in seen] == [start + step for step in range(1, 8)]
    assert [count for _, count in seen] == [1, 2, 1, 2, 1, 0, 0]
    happened = told(alice)[-7:]
    assert [event for event, _ in happened] == [
        "read",
        "unread",
        "archived",
        "unarchived",
        "read",
        "read",
        "deleted",
    ]
    assert [data["unread"]["count"] for _, data in happened] == [count for _, count in seen]
    assert client.get(f"{LIST}unread-count/").json() == {"count": 0, "capped": False, "version": start + 7}


def test_rule_83_what_is_deleted_is_hidden_everywhere_at_once(alice: User, api: Api, tell: Tell) -> None:
    client, made = api(alice), tell(alice, "Mercury")
    client.delete(url(made))
    assert titles(client) == titles(client, q="mercury") == titles(client, archived="true") == []
    assert client.get(f"{LIST}recent/").json()["results"] == []
    assert client.get(f"{LIST}unread-count/").json()["count"] == 0
    answers = [client.get(url(made)), client.get(url(made, "deliveries")), *(client.post(url(made, a)) for a in ACTS)]
    assert {answer.status_code for answer in answers} == {404}
    assert client.post(BULK, {"action": "read", "ids": [str(made.public_id)]}).json()["updated"] == 0


def test_what_is_expired_is_hidden_from_every_act(alice: User, api: Api, tell: Tell) -> None:
    client, made = api(alice), tell(alice)
    Notification.objects.filter(pk=made.pk).update(expires_at=clock.now() - timedelta(seconds=1))
    before = rows(alice)
    assert {client.post(url(made, act)).status_code for act in ACTS} == {404}
    assert client.post(BULK, {"action": "delete", "ids": [str(made.public_id)]}).json()["updated"] == 0
    assert client.get(url(made)).status_code == 404
    assert rows(alice) == before


def test_rule_11_the_time_is_the_databases_and_the_kind_is_registered(alice: User, api: Api, tell: Tell) -> None:
    client = api(alice)
    made = tell(alice)
    body = {"action": "read", "ids": [str(made.public_id)], "created_at": "2001-01-01T00:00:00Z"}
    assert client.post(BULK, body).status_code == 200
    made.refresh_from_db()
    assert abs(made.created_at - clock.now()) < timedelta(minutes=5)
    assert client.get(LIST, {"type": "surprise"}).status_code == 400
    assert client.get(LIST, {"kind": "sample.surprise"}).status_code == 400
    with pytest.raises(kinds.UnknownKind):
        notify(user=alice, kind="sample.surprise")
    with pytest.raises(ValueError, match="no notification type"):
        kinds.register(Kind("sample.surprise", "surprise", "news", ("in_app",)))
