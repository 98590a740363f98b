"""What operators do with people's numbers is bounded and kept: whom they looked at, what they changed and deleted."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import EventKind, SecurityEvent, User
from numerai.common.models import AuditEntry
from numerology.charts import admin as charts_admin
from numerology.charts.services import current_profile
from numerology.engine import VERSION
from numerology.models import DailyReading, NumerologyProfile, Person
from numerology.people.services import calculate
from numerology.readings.services import daily_reading
from numerology.tests.cast import reborn
from numerology.tests.desk.conftest import Clerk
from numerology.tests.people.crowd import kept

LIST = "admin:numerology_numerologyprofile_changelist"


def anew(client: Client, *rows: NumerologyProfile, across: bool = False) -> str:
    chosen = {"action": "calculate_anew", "_selected_action": [str(row.pk) for row in rows]}
    answer = client.post(reverse(LIST), chosen | {"select_across": "1" if across else "0"}, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def old(alice: User, bob: User) -> list[NumerologyProfile]:
    for user in (alice, bob):
        current_profile(user=user)
    NumerologyProfile.objects.update(engine_version=VERSION - 1)
    return list(NumerologyProfile.objects.order_by("full_name"))


def test_numbers_calculated_anew_are_kept_as_changes_of_the_operator(
    desk: Client, operator: User, old: list[NumerologyProfile]
) -> None:
    assert "2 of 2 were calculated anew." in anew(desk, *old)
    entries = AuditEntry.objects.filter(object_type="numerology.numerologyprofile")
    assert {entry.object_id for entry in entries} == {str(row.pk) for row in old}
    for entry in entries:
        assert (entry.actor_kind, entry.actor_id, entry.action) == ("operator", str(operator.pk), "calculated anew")
        assert (entry.before["engine_version"], entry.after["engine_version"]) == (VERSION - 1, VERSION)
        assert set(entry.before) == set(entry.after) == {"engine_version", "calculated_at"}


def test_what_cannot_be_calculated_is_left_and_not_kept(
    desk: Client, alice: User, old: list[NumerologyProfile]
) -> None:
    reborn(alice, None)
    assert "1 of 2 were calculated anew." in anew(desk, *old)
    assert [entry.object_id for entry in AuditEntry.objects.filter(action="calculated anew")] == [str(old[1].pk)]
    assert NumerologyProfile.objects.get(user=alice).engine_version == VERSION - 1


def test_everything_found_may_be_chosen_at_once(desk: Client, old: list[NumerologyProfile]) -> None:
    assert "2 of 2 were calculated anew." in anew(desk, old[0], across=True)
    assert set(NumerologyProfile.objects.values_list("engine_version", flat=True)) == {VERSION}


def test_more_than_a_browser_waits_for_is_refused(
    desk: Client, old: list[NumerologyProfile], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(charts_admin, "MOST_AT_ONCE", 1)
    assert "nothing was done" in anew(desk, old[0], across=True)
    assert set(NumerologyProfile.objects.values_list("engine_version", flat=True)) == {VERSION - 1}
    assert not AuditEntry.objects.filter(action="calculated anew").exists()


def test_whoever_may_only_look_calculates_nothing(clerk: Clerk, old: list[NumerologyProfile]) -> None:
    client = clerk("view_numerologyprofile")
    assert "Calculate anew" not in client.get(reverse(LIST)).content.decode()
    anew(client, *old)
    assert set(NumerologyProfile.objects.values_list("engine_version", flat=True)) == {VERSION - 1}
    assert clerk("view_person").get(reverse(LIST)).status_code == 403


@pytest.mark.parametrize("model", [NumerologyProfile, Person, DailyReading])
def test_a_look_at_what_names_a_person_is_kept(
    desk: Client, alice: User, operator: User, model: type[NumerologyProfile | Person | DailyReading]
) -> None:
    current_profile(user=alice)
    daily_reading(user=alice)
    kept(alice)
    row = model.objects.get()
    assert desk.get(reverse(f"admin:numerology_{model._meta.model_name}_change", args=[row.pk])).status_code == 200
    looked = SecurityEvent.objects.get(kind=EventKind.OPERATOR_LOOKED)
    assert (looked.user_id, looked.actor_id) == (alice.pk, str(operator.pk))


def test_deletions_are_kept(desk: Client, alice: User, bob: User, operator: User) -> None:
    for user in (alice, bob):
        current_profile(user=user)
    mine, other = NumerologyProfile.objects.order_by("full_name")
    desk.post(reverse("admin:numerology_numerologyprofile_delete", args=[mine.pk]), {"post": "yes"})
    desk.post(reverse(LIST), {"action": "delete_selected", "_selected_action": [str(other.pk)], "post": "yes"})
    assert not NumerologyProfile.objects.exists()
    entries = AuditEntry.objects.filter(object_type="numerology.numerologyprofile", action="deleted").order_by("pk")
    assert [(entry.object_id, entry.actor_id) for entry in entries] == [
        (str(row.pk), str(operator.pk)) for row in (mine, other)
    ]


def test_charts_are_filtered_by_what_they_say_without_asking_the_table(
    desk: Client, old: list[NumerologyProfile]
) -> None:
    NumerologyProfile.objects.filter(pk=old[0].pk).update(engine_version=VERSION)
    for query, found in (
        ({"engine": "older"}, [old[1]]),
        ({"engine": "current"}, [old[0]]),
        ({"engine": "x"}, old),
        ({"life_path_number__exact": str(old[1].life_path_number)}, [old[1]]),
        ({"life_path_number__exact": "x"}, old),
        ({"q": str(old[1].pk)}, [old[1]]),
        ({"q": "bob@EXAMPLE.com"}, [old[1]]),
    ):
        listed = desk.get(reverse(LIST), query).context["cl"].result_list
        assert sorted(row.full_name for row in listed) == [row.full_name for row in found]


@pytest.mark.parametrize("model", ["numerologyprofile", "person"])
def test_a_long_list_costs_no_more_than_a_short_one(
    desk: Client, alice: User, model: str, django_assert_num_queries: object
) -> None:
    for number in range(12):
        calculate(owner=alice, person=kept(alice, f"Ann {chr(65 + number)}"), system="pythagorean")
    assert Person.objects.count() == 12
    with django_assert_num_queries(4):  # type: ignore[operator]
        assert desk.get(reverse(f"admin:numerology_{model}_changelist")).status_code == 200
