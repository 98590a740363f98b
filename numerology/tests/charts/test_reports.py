from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from conftest import Api
from numerology.charts.reports.full import report_on
from numerology.charts.reports.serializers import FullReportSerializer, LifePathAnalysisSerializer
from numerology.charts.reports.summary import summary_of
from numerology.content.loader import interpretation, note
from numerology.engine import Position, chart
from numerology.tests.cast import ALICE_NUMBERS, NOON, at, reborn, renamed

ANALYSIS = "/api/v1/numerology/life-path-analysis/"
REPORT = "/api/v1/numerology/full-report/"


def test_the_life_path_with_what_made_it(
    api: Api, alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = api(alice)
    with django_assert_num_queries(1):  # signs in; the date comes with the person
        body = client.get(ANALYSIS).json()
    text = interpretation(Position.LIFE_PATH, 7)
    assert body == {
        "number": 7,
        "title": text.title,
        "keywords": list(text.keywords),
        "description": text.description,
        "strengths": list(text.strengths),
        "challenges": list(text.challenges),
        "career": list(text.career),
        "relationships": text.relationships,
        "life_purpose": text.life_purpose,
        "advice": text.advice,
        "birth_date": "1985-03-17",
        "method": "components",
        "calculation": "3 + 8 + 5 = 16 = 7",
        "chain": [16, 7],
        "karmic_debt": {"number": 16, "text": body["karmic_debt"]["text"]},
        "alternatives": body["alternatives"],
    }
    assert body["karmic_debt"]["text"]["title"] == note("karmic_debt", "16-life_path").title
    assert list(LifePathAnalysisSerializer().fields) == list(body)


def test_other_methods_are_told_where_they_differ(api: Api, alice: User) -> None:
    reborn(alice, date(1960, 12, 12))
    body = api(alice).get(ANALYSIS).json()
    assert (body["number"], body["chain"]) == (4, [13, 4])
    assert body["karmic_debt"]["number"] == 13
    assert {"method": "all_digits", "value": 22, "root": 4} in body["alternatives"]


def test_the_life_path_needs_no_name(api: Api, alice: User) -> None:
    renamed(alice, "")
    assert api(alice).get(ANALYSIS).status_code == 200
    reborn(alice, None)
    response = api(alice).get(ANALYSIS)
    assert (response.status_code, response.json()["code"]) == (409, "birth_date_required")


def test_the_full_report_is_a_chart_in_order(
    api: Api, alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with at(NOON):
        client = api(alice)
        with django_assert_num_queries(2):  # one signs in, one reads the system
            body = client.get(REPORT).json()
    for name in ("life_path", "destiny", "soul_urge", "personality", "personal_year"):
        number = ALICE_NUMBERS[f"{name}_number"]
        assert body[f"{name}_number"] == number
        assert body[f"{name}_title"] == interpretation(Position(name), number).title
    assert (body["full_name"], body["birth_date"], body["on_date"]) == (
        "Alice Marie Johnson",
        "1985-03-17",
        "2026-11-20",
    )
    assert (body["birthday_number"], body["birthday_title"]) == (8, note("birthday", 17).title)
    # 3 - 8 = 5 and 8 - 5 = 3, so the main challenge is 2.
    assert (body["challenge_number"], body["challenge_title"]) == (2, note("challenge", "2-main").title)
    stages = body["pinnacle_cycle"]
    assert [(each["number"], each["age"], each["end_age"]) for each in stages] == [
        (11, 0, 29),
        (4, 30, 38),
        (6, 39, 47),
        (8, 48, None),
    ]
    assert [each["is_current"] for each in stages] == [False, False, True, False]
    assert stages[0]["title"] == note("pinnacle", "11-first").title
    assert list(FullReportSerializer().fields) == list(body)


def test_the_summary_is_put_together_from_the_texts() -> None:
    hancock = chart(name="Thomas John Hancock", birth_date=date(1949, 5, 10), on_date=date(2026, 11, 20))
    summary = summary_of(hancock)
    assert summary == summary_of(hancock)
    assert summary.startswith(f"Your Life Path is 11, “{interpretation(Position.LIFE_PATH, 11).title}”: ")
    assert interpretation(Position.DESTINY, 7).title in summary
    assert interpretation(Position.SOUL_URGE, 2).title in summary
    assert interpretation(Position.PERSONALITY, 5).title in summary
    assert note("pinnacle", "1-fourth").title in summary
    assert summary.endswith(f"For 2026 your Personal Year is 7, “{interpretation(Position.PERSONAL_YEAR, 7).title}”.")


@pytest.mark.parametrize(
    ("full_name", "field", "absent"),
    [("Brnk Strk", "soul_urge", "Soul Urge"), ("Aoi Ea", "personality", "Personality of")],
)
def test_a_number_the_name_lacks_is_null_and_not_in_the_summary(
    api: Api, alice: User, full_name: str, field: str, absent: str
) -> None:
    renamed(alice, full_name)
    body = api(alice).get(REPORT).json()
    assert body[f"{field}_number"] is None
    assert body[f"{field}_title"].startswith("A Name Without")
    assert absent not in body["summary"]


@effort(max_examples=60)
@given(
    name=st.lists(st.text("ABEIKLORSTUVWYZ", min_size=1, max_size=12), min_size=1, max_size=4).map(" ".join),
    born=st.dates(min_value=date(1000, 1, 1), max_value=date(2026, 11, 20)),
    system=st.sampled_from(["pythagorean", "chaldean"]),
)
def test_every_report_is_complete(name: str, born: date, system: str) -> None:
    body: dict[str, Any] = report_on(chart(name=name, birth_date=born, on_date=date(2026, 11, 20), system=system))
    assert not [field for field, value in body.items() if field.endswith("_title") and not value]
    assert all(each["text"] for field in ("pinnacle_cycle", "period_cycle", "karmic_debts") for each in body[field])
    assert sum(each["is_current"] for each in body["pinnacle_cycle"]) == 1
    assert "None" not in body["summary"]
    assert 200 < len(body["summary"]) < 1200


@pytest.mark.parametrize(("path", "feature"), [(ANALYSIS, "life_path_analysis"), (REPORT, "full_report")])
def test_reports_belong_to_a_plan(api: Api, bob: User, path: str, feature: str) -> None:
    response = api(bob).get(path)
    assert (response.status_code, response.json()["code"]) == (402, "plan_required")
    assert (response.json()["feature"], response.json()["plan"]) == (feature, "basic")
    assert "Basic" in response.json()["detail"]
    type(bob).objects.filter(pk=bob.pk).update(plan="basic")
    assert api(bob).get(path).status_code == 200
    assert api(None).get(path).status_code == 401


def test_the_report_names_what_is_missing(api: Api, alice: User) -> None:
    renamed(alice, "")
    assert api(alice).get(REPORT).json()["code"] == "name_required"
