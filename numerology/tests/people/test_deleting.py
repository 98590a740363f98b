"""Deleting people, bringing them back, and their end."""

from datetime import timedelta

import pytest

from accounts.models import Plan, User
from conftest import Api
from numerology.models import NumerologyProfile, Person
from numerology.people import cleaning, services
from numerology.people.selectors import UNDO
from numerology.tasks import remove_what_is_past_its_time
from numerology.tests.cast import NOON, at
from numerology.tests.people.crowd import PATH, address, kept, with_plan


def test_a_deleted_one_is_gone_and_can_be_brought_back(api: Api, alice: User) -> None:
    person = kept(alice)
    services.calculate(owner=alice, person=person, system="pythagorean")
    with at(NOON):
        client = api(alice)
        assert client.delete(address(person)).status_code == 204
        for path in (address(person), address(person, "profile/"), address(person, "birth-chart/")):
            assert client.get(path).status_code == 404
        assert client.post(address(person, "calculate/"), {}).status_code == 404
        assert client.delete(address(person)).status_code == 404
        assert client.get(PATH).json() == []
        (deleted,) = client.get(PATH, {"deleted": "true"}).json()
        assert (deleted["id"], deleted["is_active"], deleted["deleted_at"]) == (
            str(person.pk),
            False,
            "2026-11-20T12:00:00Z",
        )
        back = client.post(address(person, "restore/"))
        assert (back.status_code, back.json()["is_active"], back.json()["deleted_at"]) == (200, True, None)
        assert client.get(address(person, "profile/")).status_code == 200
        assert client.get(PATH, {"deleted": "true"}).json() == []


def test_bringing_back_one_who_is_there_changes_nothing(api: Api, alice: User) -> None:
    person = kept(alice)
    before = Person.objects.values().get()
    assert api(alice).post(address(person, "restore/")).status_code == 200
    assert Person.objects.values().get() == before


@pytest.mark.parametrize("method", ["put", "patch"])
def test_is_active_deletes_and_brings_back(api: Api, alice: User, method: str) -> None:
    person = kept(alice)
    client = api(alice)
    change = getattr(client, method)
    gone = change(address(person), {"is_active": False})
    assert (gone.status_code, gone.json()["is_active"]) == (200, False)
    assert gone.json()["deleted_at"] is not None
    assert client.get(address(person)).status_code == 404
    assert change(address(person), {"notes": "Unheard"}).status_code == 404
    assert change(address(person), {"is_active": False}).status_code == 404
    assert change(address(person), {"is_active": "yes"}).status_code == 400
    back = change(address(person), {"is_active": True, "notes": "Heard"})
    assert (back.status_code, back.json()["is_active"], back.json()["notes"]) == (200, True, "Heard")
    assert back.json()["deleted_at"] is None


@pytest.mark.parametrize("how", ["restore", "patch"])
def test_who_comes_back_needs_room(api: Api, alice: User, how: str) -> None:
    people = [kept(alice, f"Ann {number}") for number in range(6)]
    services.delete(owner=alice, person_id=people[0].pk)
    client = api(with_plan(alice, Plan.BASIC))
    if how == "restore":
        refused = client.post(address(people[0], "restore/"))
    else:
        refused = client.patch(address(people[0]), {"is_active": True})
    assert (refused.status_code, refused.json()["plan"]) == (402, "premium")
    assert not Person.objects.get(pk=people[0].pk).is_active


def test_after_its_days_a_deletion_is_not_undone(api: Api, alice: User) -> None:
    person = kept(alice)
    with at(NOON):
        services.delete(owner=alice, person_id=person.pk)
    with at(NOON + UNDO - timedelta(seconds=1)):
        assert len(api(alice).get(PATH, {"deleted": "true"}).json()) == 1
    with at(NOON + UNDO):
        client = api(alice)
        assert client.get(PATH, {"deleted": "true"}).json() == []
        assert client.post(address(person, "restore/")).status_code == 404
        assert client.patch(address(person), {"is_active": True}).status_code == 404
    assert not Person.objects.get().is_active


def test_whose_days_are_over_is_erased_with_their_numbers(alice: User) -> None:
    people = [kept(alice, f"Ann {number}") for number in range(5)]
    for person in people:
        services.calculate(owner=alice, person=person, system="pythagorean")
    with at(NOON):
        for person in people[:3]:
            services.delete(owner=alice, person_id=person.pk)
    with at(NOON + timedelta(days=1)):
        services.delete(owner=alice, person_id=people[3].pk)
    with at(NOON + UNDO - timedelta(seconds=1)):
        assert cleaning.erase_deleted() == 0
    with at(NOON + UNDO):
        assert cleaning.erase_deleted(batch=2) == 3
        assert cleaning.erase_deleted() == 0
    left = {person.pk for person in people[3:]}
    assert set(Person.objects.values_list("pk", flat=True)) == left
    assert set(NumerologyProfile.objects.values_list("person_id", flat=True)) == left


def test_erasing_goes_on_next_time_when_its_time_is_over(alice: User) -> None:
    people = [kept(alice, f"Ann {number}") for number in range(3)]
    with at(NOON):
        for person in people:
            services.delete(owner=alice, person_id=person.pk)
    with at(NOON + UNDO):
        assert cleaning.erase_deleted(batch=1, seconds=0) == 1
        assert Person.objects.count() == 2
        remove_what_is_past_its_time()
    assert not Person.objects.exists()
