"""What the plan grants is granted once, however many ask at one moment."""

import pytest

from accounts.models import Plan, User
from accounts.tests.together import together
from conftest import Api
from numerology.models import NumerologyProfile, Person
from numerology.people import services
from numerology.tests.people.crowd import HANCOCK, PATH, address, kept, with_plan

pytestmark = pytest.mark.django_db(transaction=True)
CALLS = 6


def test_of_parallel_additions_as_many_as_there_is_room_for_succeed(api: Api, bob: User) -> None:
    with_plan(bob, Plan.BASIC)
    for number in range(3):
        kept(User.objects.get(pk=bob.pk), f"Ann {number}")
    clients = [api(bob) for _ in range(CALLS)]
    answers = together(CALLS, lambda number: clients[number].post(PATH, HANCOCK).status_code)
    assert sorted(answers) == [201] * 2 + [402] * (CALLS - 2)
    assert Person.objects.filter(owner=bob, is_active=True).count() == 5


def test_of_parallel_returns_as_many_as_there_is_room_for_succeed(api: Api, alice: User) -> None:
    people = [kept(alice, f"Ann {number}") for number in range(CALLS)]
    for person in people:
        services.delete(owner=alice, person_id=person.pk)
    with_plan(alice, Plan.FREE)
    clients = [api(alice) for _ in range(CALLS)]
    answers = together(CALLS, lambda number: clients[number].post(address(people[number], "restore/")).status_code)
    assert sorted(answers) == [200] + [402] * (CALLS - 1)
    assert Person.objects.filter(owner=alice, is_active=True).count() == 1


def test_parallel_calculations_keep_one_row(api: Api, alice: User) -> None:
    person = kept(alice)
    clients = [api(alice) for _ in range(CALLS)]
    answers = together(CALLS, lambda number: clients[number].post(address(person, "calculate/"), {}).status_code)
    assert answers == [200] * CALLS
    assert NumerologyProfile.objects.filter(person=person).count() == 1
