"""What operators see of people, and the numbers they have calculated anew."""

from datetime import date

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from accounts.models import User
from numerology.charts.services import current_profile
from numerology.models import NumerologyProfile, PeopleImport, Person
from numerology.people import services
from numerology.people.imports.services import begin
from numerology.tests.cast import reborn
from numerology.tests.people.crowd import kept


@pytest.fixture
def desk(operator: User) -> Client:
    client = Client()
    client.force_login(operator)
    return client


def page(client: Client, model: str, query: str = "") -> str:
    answer = client.get(reverse(f"admin:numerology_{model}_changelist") + query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_people_are_found_by_their_owner_and_their_name(desk: Client, alice: User, bob: User) -> None:
    kept(alice, "Ann Lee")
    kept(bob, "Ben Stone", latin_name="Benjamin Rock")
    for query, found, not_found in (
        ("", "Ann Lee", "Zoe"),
        ("?q=alice@example.com", "Ann Lee", "Ben Stone"),
        ("?q=rock", "Ben Stone", "Ann Lee"),
        ("?is_active__exact=0", "", "Ann Lee"),
    ):
        shown = page(desk, "person", query)
        assert found in shown
        assert not_found not in shown


def test_people_are_looked_at_and_not_changed(desk: Client, alice: User) -> None:
    person = kept(alice, notes="Between us")
    address = reverse("admin:numerology_person_change", args=[person.pk])
    shown = desk.get(address).content.decode()
    assert "Thomas John Hancock" in shown
    assert "Between us" not in shown
    assert desk.post(address, {"name": "Mallory"}).status_code == 403
    assert desk.get(reverse("admin:numerology_person_add")).status_code == 403
    assert desk.post(reverse("admin:numerology_person_delete", args=[person.pk]), {"post": "yes"}).status_code == 403
    assert Person.objects.get().name == "Thomas John Hancock"


def test_imports_are_looked_at_without_their_rows(desk: Client, alice: User) -> None:
    job = begin(owner=alice, raw=b"name,birth_date\nPrivate Person,1990-01-01\n")
    assert "alice@example.com" in page(desk, "peopleimport", "?q=alice@example.com")
    assert "alice@example.com" not in page(desk, "peopleimport", "?state__exact=done")
    address = reverse("admin:numerology_peopleimport_change", args=[job.pk])
    assert "Private Person" not in desk.get(address).content.decode()
    assert desk.post(address, {"total": 9}).status_code == 403
    assert PeopleImport.objects.get().total == 1


def test_numbers_are_calculated_anew_on_demand(desk: Client, alice: User, bob: User, charlie: User) -> None:
    person = kept(alice)
    services.calculate(owner=alice, person=person, system="chaldean")
    for user in (alice, bob, charlie):
        current_profile(user=user)
    before = dict(NumerologyProfile.objects.values_list("pk", "destiny_number"))
    NumerologyProfile.objects.update(destiny_number=33, engine_version=0)
    reborn(bob, None)
    rows = NumerologyProfile.objects.exclude(user=charlie)
    answer = desk.post(
        reverse("admin:numerology_numerologyprofile_changelist"),
        {"action": "calculate_anew", "_selected_action": [str(row.pk) for row in rows]},
        follow=True,
    )
    assert "2 of 3 were calculated anew." in answer.content.decode()
    mended = dict(NumerologyProfile.objects.filter(user=alice).values_list("pk", "destiny_number"))
    assert mended == {pk: number for pk, number in before.items() if pk in mended}
    assert NumerologyProfile.objects.get(person=person).calculation_system == "chaldean"
    assert set(NumerologyProfile.objects.exclude(user=alice).values_list("destiny_number", flat=True)) == {33}


def test_who_may_only_look_calculates_nothing_anew(bob: User, alice: User) -> None:
    current_profile(user=alice)
    NumerologyProfile.objects.update(destiny_number=33)
    User.objects.filter(pk=bob.pk).update(is_staff=True)
    bob.user_permissions.add(Permission.objects.get(codename="view_numerologyprofile"))
    client = Client()
    client.force_login(User.objects.get(pk=bob.pk))
    row = NumerologyProfile.objects.get()
    client.post(
        reverse("admin:numerology_numerologyprofile_changelist"),
        {"action": "calculate_anew", "_selected_action": [str(row.pk)]},
    )
    assert NumerologyProfile.objects.get().destiny_number == 33


def test_the_list_of_numbers_says_whose_they_are(desk: Client, alice: User) -> None:
    person = kept(alice, "Ann Lee", birth_date=date(1990, 1, 1))
    services.calculate(owner=alice, person=person, system="pythagorean")
    assert "Ann Lee" in page(desk, "numerologyprofile", "?q=alice@example.com")
