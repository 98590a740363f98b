"""Operators see figures of thirty days: what they count, what leads on from them, and to whom they are shown."""

import json
import re
from collections.abc import Iterator
from datetime import date, timedelta
from html import unescape

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from accounts.models import User
from numerology.charts.services import current_profile
from numerology.compatibility.models import CompatibilityCheck
from numerology.compatibility.services import check
from numerology.compatibility.sides import Side
from numerology.desk.counting import DAYS, counted
from numerology.desk.figures import SECTIONS
from numerology.engine import VERSION
from numerology.models import (
    DailyReading,
    NumerologyProfile,
    PeopleImport,
    Person,
    ReadingRound,
    RemedyTracking,
)
from numerology.readings.services import daily_reading
from numerology.remedies.services import remedies_of
from numerology.tests.cast import NOON, at
from numerology.tests.desk.conftest import Clerk

PAGE = "admin:numerology_figures"
TODAY = NOON.date()


@pytest.fixture(autouse=True)
def _at_noon() -> Iterator[None]:
    with at(NOON):
        yield


def added(owner: User, name: str, *, days_ago: int) -> Person:
    person = Person.objects.create(
        owner=owner, name=name, birth_date=date(1980, 1, 1), relationship="friend", relationship_kind="friend"
    )
    Person.objects.filter(pk=person.pk).update(created_at=NOON - timedelta(days=days_ago))
    return person


@pytest.fixture
def _month(alice: User, bob: User) -> None:
    for user in (alice, bob):
        current_profile(user=user)
        daily_reading(user=user)
    NumerologyProfile.objects.filter(user=bob).update(engine_version=VERSION - 1, calculation_system="chaldean")
    DailyReading.objects.filter(user=alice).update(opened_at=NOON, reading_date=TODAY - timedelta(days=1))
    DailyReading.objects.filter(user=bob).update(opened_at=None)
    for name, ago in (("Ann Lee", 0), ("Ben Lee", 29), ("Cal Lee", 30)):
        added(alice, name, days_ago=ago)
    first, _ = check(user=alice, partner=Side(name="Ann Lee", birth_date=date(1980, 1, 1)), relationship="family")
    CompatibilityCheck.objects.filter(pk=first.pk).update(created_at=NOON - timedelta(days=2))
    remedies = remedies_of(alice)
    for remedy, is_completed in zip(remedies, (True, True, False), strict=False):
        RemedyTracking.objects.create(user=alice, remedy=remedy, date=TODAY, is_completed=is_completed)
    PeopleImport.objects.create(owner=alice)
    PeopleImport.objects.create(owner=bob, state="failed", finished_at=NOON, next_attempt_at=None)
    ReadingRound.objects.create(zone="UTC", reading_date=TODAY, state="missed", finished_at=NOON)
    ReadingRound.objects.create(zone="UTC", reading_date=TODAY - timedelta(days=2), state="failed", finished_at=NOON)


def day(ago: int) -> date:
    return TODAY - timedelta(days=ago)


@pytest.mark.usefixtures("_month")
def test_they_count_what_there_is() -> None:
    now = counted()
    assert (now.days[0], now.days[-1], len(now.days)) == (day(DAYS - 1), TODAY, DAYS)
    assert {key: number for key, number in now.readings.items() if number} == {(day(1), True): 1, (TODAY, False): 1}
    assert (now.people, now.new_people) == (3, {day(29): 1, TODAY: 1})
    assert now.charts == {("pythagorean", VERSION): 1, ("chaldean", VERSION - 1): 1}
    assert now.checks == {(day(2), "family"): 1}
    assert now.trackings == {(TODAY, True): 2, (TODAY, False): 1}
    assert (now.imports, now.rounds) == ({"pending": 1, "failed": 1}, {"missed": 1})


@pytest.mark.usefixtures("_month")
def test_each_number_leads_to_as_many_rows(desk: Client) -> None:
    sums = desk.get(reverse(PAGE)).context["sums"]
    assert [(each.words, each.number) for each in sums] == [
        ("readings of today", 1),
        ("people kept", 3),
        ("charts", 2),
        ("of them by an older engine", 1),
        ("checks in 30 days", 1),
        ("imports under way", 1),
        ("imports that failed", 1),
        ("rounds failed or missed since yesterday", 1),
    ]
    for each in sums:
        listed = desk.get(each.url)
        assert (each.words, listed.status_code, listed.context["cl"].result_count) == (each.words, 200, each.number)


@pytest.mark.usefixtures("_month")
def test_each_chart_is_said_in_words_and_as_a_table_too(desk: Client) -> None:
    answer = desk.get(reverse(PAGE))
    shown = unescape(answer.content.decode())
    sections = answer.context["sections"]
    assert [section.title for section in sections if section.is_empty] == []
    charts = [json.loads(unescape(found)) for found in re.findall(r'data-value="([^"]+)"', answer.content.decode())]
    for section, chart in zip(sections, charts, strict=True):
        assert f'aria-label="{section.title}, as a chart; the same figures follow as a table."' in shown
        assert chart["labels"] == section.labels == [row[0] for row in section.table["rows"]]
        columns = list(zip(*(row[1:] for row in section.table["rows"]), strict=True))
        assert [tuple(series["data"]) for series in chart["datasets"]] == columns
    by_system = next(section for section in sections if section.model is NumerologyProfile)
    assert by_system.series == {f"version {VERSION}": [1, 0], f"version {VERSION - 1}": [0, 1]}


def test_nothing_yet_is_said(desk: Client) -> None:
    shown = desk.get(reverse(PAGE)).content.decode()
    assert shown.count("Nothing in these days.") == len(SECTIONS)
    assert "data-value" not in shown


def test_however_much_there_is_costs_the_same_and_once_a_minute(
    desk: Client, alice: User, django_assert_num_queries: object
) -> None:
    for number in range(20):
        added(alice, f"Ann {chr(65 + number)}", days_ago=number)
    with django_assert_num_queries(10):  # type: ignore[operator]
        assert desk.get(reverse(PAGE)).context["sums"][1].number == 20
    added(alice, "Zoe", days_ago=0)
    with django_assert_num_queries(2):  # type: ignore[operator]
        assert desk.get(reverse(PAGE)).context["sums"][1].number == 20


def test_operators_see_what_they_may_look_at(clerk: Clerk) -> None:
    seen = clerk("view_person", "view_remedytracking").get(reverse(PAGE)).context
    assert [section.model for section in seen["sections"]] == [Person, RemedyTracking]
    assert [each.model for each in seen["sums"]] == [Person]


def test_they_stand_above_the_tables(desk: Client, operator: User) -> None:
    request = desk.get(reverse("admin:index")).wsgi_request
    (numerology,) = admin.site.get_app_list(request, "numerology")
    assert [model["name"] for model in numerology["models"]][:2] == ["Figures", "Texts"]
    assert desk.get(reverse("admin:app_list", args=["numerology"])).status_code == 200
