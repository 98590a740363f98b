"""GET and PUT of the preferences."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from conftest import Api
from notifications import kinds
from notifications.kinds import Kind
from notifications.models import Delivery, DigestChoice, LiveEvent, Preference, Schedule
from notifications.preferences.changing import change
from notifications.services import notify
from notifications.tests.test_races import at_once
from notifications.vocabulary import DeliveryStatus, Reason
from numerai.common import clock

URL = "/api/v1/notifications/preferences/"
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
NIGHTS = {"is_on": True, "days": [0, 1, 2, 3, 4, 5, 6], "start": "22:00", "end": "07:00"}
SHUT = Kind("sample.shut", "info", "news", ("in_app", "email"), can_be_muted=False)


@pytest.fixture(autouse=True)
def _shut_kind(_sample_kinds: None) -> None:
    kinds.register(SHUT)


def cells(body: dict[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    rows = [row for category in body["categories"] for row in category["kinds"] if row["name"] == kind]
    return {cell["channel"]: cell for cell in rows[0]["cells"]}


def one_cell(kind: str, channel: str, is_on: bool | None, category: str = "billing") -> dict[str, Any]:
    row = {"name": kind, "cells": [{"channel": channel, "is_on": is_on}]}
    return {"categories": [{"name": category, "kinds": [row]}]}


def test_the_grid_has_a_cell_for_each_way_that_a_kind_can_go(
    alice: User, api: Api, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = api(alice)
    with django_assert_num_queries(2):  # who it is, and what they said
        body = client.get(URL).json()
    assert [(one["name"], one["is_on"]) for one in body["channels"]] == [
        (name, True) for name in ("in_app", "email", "sms", "web_push", "mobile_push", "discord")
    ]
    assert body["channels"][1]["title"] == "E-mail"
    found = cells(body, "sample.plan_changed")
    assert found["email"] == {"channel": "email", "is_on": True, "locked": False, "default": True}
    assert set(found) == {"in_app", "email", "web_push", "mobile_push", "discord"}
    assert {category["name"] for category in body["categories"]} >= {"billing", "news", "security"}
    assert body["schedule"] == {
        "muted_until": None,
        "quiet": {"is_on": False, "days": [], "start": None, "end": None, "timezone": ""},
        "next_opening": None,
    }


def test_what_only_operators_are_told_stands_in_their_grid_alone(alice: User, operator: User, api: Api) -> None:
    kinds.register(Kind("sample.alarm", "error", "operations", ("in_app",), for_staff=True))
    assert "sample.alarm" not in str(api(alice).get(URL).json())
    assert "sample.alarm" in str(api(operator).get(URL).json())
    answer = api(alice).put(URL, one_cell("sample.alarm", "in_app", False, "operations"))
    assert (answer.status_code, answer.json()["code"]) == (400, "preference_unknown")


def test_rule_14_what_is_locked_is_shown_so_and_cannot_be_switched_off(alice: User, api: Api) -> None:
    client = api(alice)
    found = cells(client.get(URL).json(), "sample.shut")
    assert {name for name, cell in found.items() if cell["locked"]} == {"in_app", "email"}
    wish = {"channels": [{"name": "sms", "is_on": False}]} | one_cell("sample.shut", "email", False, "news")
    answer = client.put(URL, wish)
    assert (answer.status_code, answer.json()["code"]) == (400, "preference_locked")
    assert answer["Content-Type"] == "application/problem+json"
    assert not Preference.objects.exists()
    assert client.put(URL, one_cell("sample.shut", "email", True, "news")).status_code == 200
    assert client.put(URL, one_cell("sample.shut", "web_push", False, "news")).status_code == 200


@pytest.mark.parametrize(
    "unknown",
    [
        {"channels": [{"name": "pigeon", "is_on": False}]},
        one_cell("sample.plan_changed", "pigeon", False),
        one_cell("sample.plan_changed", "sms", False),
        one_cell("sample.nothing", "email", False),
        one_cell("sample.plan_changed", "email", False, "news"),
        {"categories": [{"name": "nothing", "cadence": "daily"}]},
    ],
    ids=["channel", "cell", "impossible", "kind", "elsewhere", "category"],
)
def test_rule_19_what_there_is_not_is_refused_and_nothing_is_written(
    alice: User, api: Api, unknown: dict[str, Any]
) -> None:
    wish = {"schedule": {"quiet": NIGHTS}, "channels": [{"name": "email", "is_on": False}]} | unknown
    answer = api(alice).put(URL, wish)
    assert (answer.status_code, answer.json()["code"]) == (400, "preference_unknown")
    assert not Preference.objects.exists()
    assert not Schedule.objects.exists()
    assert not DigestChoice.objects.exists()


@pytest.mark.parametrize(
    "malformed",
    [
        {"channels": [{"name": "email", "is_on": "no"}]},
        {"channels": [{"name": "email"}]},
        {"channels": "email"},
        {"categories": [{"cadence": "daily"}]},
        {"categories": [{"name": "billing", "cadence": "yearly"}]},
        {"schedule": {"muted_until": "tomorrow"}},
        {"schedule": {"quiet": {"days": [7]}}},
        {"schedule": {"quiet": {"start": "25:00"}}},
        {"schedule": {"quiet": {"timezone": "Not/AZone"}}},
        {"schedule": {"quiet": {"timezone": "../../etc/passwd"}}},
    ],
    ids=[
        "text",
        "no_word",
        "no_list",
        "no_name",
        "cadence",
        "moment",
        "day",
        "time",
        "zone",
        "path",
    ],
)
def test_what_is_malformed_is_refused(alice: User, api: Api, malformed: Any) -> None:
    answer = api(alice).put(URL, malformed)
    assert (answer.status_code, answer.json()["code"]) == (400, "validation_error")


@pytest.mark.parametrize(
    "quiet",
    [
        {"is_on": True},
        NIGHTS | {"end": "22:00"},
        NIGHTS | {"days": []},
        NIGHTS | {"end": None},
    ],
    ids=["nothing", "no_length", "no_days", "no_end"],
)
def test_rule_21_quiet_hours_without_a_length_are_refused(alice: User, api: Api, quiet: dict[str, Any]) -> None:
    answer = api(alice).put(URL, {"schedule": {"quiet": quiet}})
    assert (answer.status_code, answer.json()["code"]) == (400, "quiet_hours_invalid")
    assert not Schedule.objects.exists()


def test_a_cell_is_turned_off_on_and_back_to_its_default(alice: User, bob: User, api: Api) -> None:
    client = api(alice)
    body = client.put(URL, one_cell("sample.plan_changed", "email", False)).json()
    assert cells(body, "sample.plan_changed")["email"]["is_on"] is False
    assert client.get(URL).json() == body
    assert cells(api(bob).get(URL).json(), "sample.plan_changed")["email"]["is_on"] is True
    client.put(URL, one_cell("sample.plan_changed", "email", True))
    assert Preference.objects.get().is_on is True
    client.put(URL, one_cell("sample.plan_changed", "email", None))
    client.put(URL, one_cell("sample.plan_changed", "email", None))
    assert not Preference.objects.exists()


def test_a_grid_that_is_sent_back_as_it_came_changes_nothing(alice: User, api: Api) -> None:
    client = api(alice)
    body = client.put(URL, one_cell("sample.plan_changed", "email", False)).json()
    assert client.put(URL, body).json() == body
    assert Preference.objects.count() == 1
    assert not DigestChoice.objects.exists()
    client.put(URL, {"channels": [{"name": "web_push", "is_on": False}]})
    assert cells(client.get(URL).json(), "sample.plan_changed")["web_push"]["is_on"] is False


def test_how_often_a_category_is_wanted(alice: User, api: Api) -> None:
    client = api(alice)
    body = client.put(URL, {"categories": [{"name": "billing", "cadence": "daily"}]}).json()
    assert [one["cadence"] for one in body["categories"] if one["name"] == "billing"] == ["daily"]
    client.put(URL, {"categories": [{"name": "billing", "cadence": "hourly"}]})
    assert DigestChoice.objects.get().cadence == "hourly"
    client.put(URL, {"categories": [{"name": "billing", "cadence": "at_once"}]})
    assert not DigestChoice.objects.exists()


def test_when_they_can_next_be_disturbed(alice: User, api: Api) -> None:
    with time_machine.travel(NOON + timedelta(hours=11), tick=False):
        client = api(alice)
        body = client.put(URL, {"schedule": {"quiet": NIGHTS}}).json()
        assert body["schedule"]["quiet"] == NIGHTS | {"timezone": ""}
        assert body["schedule"]["next_opening"] == "2026-11-21T07:00:00Z"
        body = client.put(URL, {"schedule": {"quiet": {"timezone": "Asia/Kathmandu"}}}).json()
        assert body["schedule"]["next_opening"] == "2026-11-21T01:15:00Z"
        body = client.put(URL, {"schedule": {"muted_until": "2026-11-22T00:00:00Z"}}).json()
        assert body["schedule"]["muted_until"] == "2026-11-22T00:00:00Z"
        assert body["schedule"]["next_opening"] == "2026-11-22T01:15:00Z"
        body = client.put(URL, {"schedule": {"muted_until": None, "quiet": {"is_on": False}}}).json()
        assert body["schedule"]["next_opening"] is None
        answer = client.put(URL, {"schedule": {"muted_until": "2028-11-22T00:00:00Z"}})
        assert (answer.status_code, answer.json()["code"]) == (400, "mute_too_long")


def test_a_change_is_told_to_the_persons_other_pages(alice: User, api: Api) -> None:
    api(alice).put(URL, one_cell("sample.plan_changed", "email", False))
    assert LiveEvent.objects.get(user=alice).event_type == "prefs"


def test_rule_26_what_waits_is_looked_at_again_when_the_hours_change(alice: User, bob: User) -> None:
    waiting = []
    for person in (alice, bob):
        delivery = notify(user=person, kind="sample.plan_changed", context={"plan": "x"}).deliveries.get(
            channel="email"
        )
        Delivery.objects.filter(pk=delivery.pk).update(
            status=DeliveryStatus.DEFERRED,
            reason=Reason.QUIET_HOURS,
            deferrals=2,
            next_attempt_at=clock.now() + timedelta(hours=9),
        )
        waiting.append(delivery)
    change(alice, {"schedule": {"muted_until": None}})
    for delivery in waiting:
        delivery.refresh_from_db()
    mine, other = waiting
    assert mine.next_attempt_at is not None
    assert other.next_attempt_at is not None
    assert (mine.next_attempt_at <= clock.now(), mine.deferrals) == (True, 0)
    assert (other.next_attempt_at > clock.now(), other.deferrals) == (True, 2)


@pytest.mark.django_db(transaction=True)
def test_rule_19_cells_that_are_changed_at_once_are_both_changed(alice: User) -> None:
    channels = ("in_app", "email", "web_push", "mobile_push")

    def turn_off(number: int) -> None:
        change(alice, one_cell("sample.plan_changed", channels[number % 4], False))

    at_once(turn_off)
    assert set(Preference.objects.values_list("channel", "is_on")) == {(channel, False) for channel in channels}
