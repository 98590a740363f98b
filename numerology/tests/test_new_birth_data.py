"""Whoever changes their name or birth date reads numbers of the new one, whatever was calculated before."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from conftest import Api
from numerology.charts.models import NumerologyProfile
from numerology.engine import VERSION

PROFILE = "/api/v1/users/profile/"
CHART = "/api/v1/numerology/profile/"
WITH_TEXTS = "/api/v1/numerology/birth-chart/"
READING = "/api/v1/numerology/daily-reading/"


@pytest.mark.parametrize("first", [CHART, WITH_TEXTS, READING])
@pytest.mark.parametrize(
    ("change", "field"),
    [({"full_name": "Johann Bach"}, "destiny_number"), ({"date_of_birth": "1923-12-02"}, "life_path_number")],
)
def test_the_next_answer_is_of_the_new_one(
    api: Api, alice: User, first: str, change: dict[str, Any], field: str
) -> None:
    client = api(alice)
    before = client.get(CHART).json()
    assert client.patch(PROFILE, change).status_code == 200
    assert client.get(first).status_code == 200
    after = client.get(CHART).json()
    assert after[field] != before[field]
    assert after["id"] == before["id"]
    row = NumerologyProfile.objects.get(user=alice)
    assert row.engine_version == VERSION
    known = User.objects.select_related("profile").get(pk=alice.pk)
    assert (row.full_name, row.birth_date) == (known.full_name, known.profile.date_of_birth)


def test_what_an_operator_mends_counts_as_well(api: Api, alice: User, operator: User) -> None:
    before = api(alice).get(CHART).json()
    desk = Client()
    desk.force_login(operator)
    form = {"date_of_birth": "1923-12-02", "gender": "", "location": "", "bio": ""}
    page = reverse("admin:accounts_profile_change", args=[alice.profile.pk])
    assert desk.post(page, form).status_code == 302
    assert api(alice).get(CHART).json()["life_path_number"] != before["life_path_number"]


def test_numbers_of_others_stay(api: Api, alice: User, bob: User) -> None:
    before = api(bob).get(CHART).json()
    api(alice).patch(PROFILE, {"full_name": "Johann Bach"})
    assert api(bob).get(CHART).json() == before
