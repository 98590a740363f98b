from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from numerology.charts.services import current_profile
from numerology.models import DailyReading, NumerologyProfile, RemedyTracking
from numerology.readings.services import daily_reading
from numerology.remedies.services import remedies_of


@pytest.fixture
def desk(operator: User) -> Client:
    client = Client()
    client.force_login(operator)
    return client


def page(client: Client, model: str, query: str = "") -> str:
    response = client.get(reverse(f"admin:numerology_{model}_changelist") + query)
    assert response.status_code == 200
    return response.content.decode()


def test_profiles_are_listed_searched_and_filtered(desk: Client, alice: User, bob: User) -> None:
    current_profile(user=alice)
    current_profile(user=bob)
    assert "Alice Marie Johnson" in page(desk, "numerologyprofile")
    found = page(desk, "numerologyprofile", "?q=bob@example.com")
    assert "Bob Stone" in found
    assert "Alice Marie Johnson" not in found
    assert "Alice Marie Johnson" not in page(desk, "numerologyprofile", "?life_path_number__exact=6")
    assert "Bob Stone" not in page(desk, "numerologyprofile", "?calculation_system__exact=chaldean")


def test_readings_are_listed_and_searched(desk: Client, alice: User, bob: User) -> None:
    daily_reading(user=alice)
    daily_reading(user=bob)
    assert "alice@example.com" in page(desk, "dailyreading")
    assert "alice@example.com" not in page(desk, "dailyreading", "?q=bob")


def test_numbers_can_be_read_and_deleted_but_not_typed(desk: Client, alice: User) -> None:
    current_profile(user=alice)
    row = NumerologyProfile.objects.get(user=alice)
    address = reverse("admin:numerology_numerologyprofile_change", args=[row.pk])
    assert b'name="life_path_number"' not in desk.get(address).content
    desk.post(address, {"life_path_number": 1})
    assert NumerologyProfile.objects.get(user=alice).life_path_number == row.life_path_number
    assert desk.get(reverse("admin:numerology_numerologyprofile_add")).status_code == 403
    desk.post(reverse("admin:numerology_numerologyprofile_delete", args=[row.pk]), {"post": "yes"})
    assert not NumerologyProfile.objects.exists()


def test_readings_cannot_be_rewritten(desk: Client, alice: User) -> None:
    reading = daily_reading(user=alice)
    address = reverse("admin:numerology_dailyreading_change", args=[reading.pk])
    assert reading.affirmation in desk.get(address).content.decode()
    desk.post(address, {"affirmation": "Something else"})
    assert DailyReading.objects.get().affirmation == reading.affirmation
    assert desk.get(reverse("admin:numerology_dailyreading_add")).status_code == 403


def test_the_admin_is_for_operators(alice: User) -> None:
    client = Client()
    client.force_login(alice)
    assert client.get(reverse("admin:numerology_numerologyprofile_changelist")).status_code == 302


def test_remedies_and_their_trackings_are_listed_and_searched(desk: Client, alice: User) -> None:
    remedy = remedies_of(alice)[0]
    RemedyTracking.objects.create(
        user=alice, remedy=remedy, date=date(2026, 11, 20), is_completed=True, notes="A private note"
    )
    for model in ("remedy", "remedytracking"):
        assert "alice@example.com" in page(desk, model)
        assert "alice@example.com" not in page(desk, model, "?q=bob")
        assert desk.get(reverse(f"admin:numerology_{model}_add")).status_code == 403
    tracking = RemedyTracking.objects.get()
    shown = desk.get(reverse("admin:numerology_remedytracking_change", args=[tracking.pk])).content.decode()
    assert remedy.title in shown
    assert "A private note" not in shown


def test_what_numbers_have_been_is_read_and_searched(desk: Client, alice: User, bob: User) -> None:
    current_profile(user=alice)
    current_profile(user=bob)
    assert "Alice Marie Johnson" in page(desk, "profilecalculation")
    assert "Alice Marie Johnson" not in page(desk, "profilecalculation", "?q=bob@example.com")
    assert "Bob Stone" in page(desk, "profilecalculation", "?reason__exact=first")
