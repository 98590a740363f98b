"""People whom the tests of this room keep."""

from datetime import date
from typing import Any

from accounts.models import Plan, User
from numerology.models import Person
from numerology.people import services

PATH = "/api/v1/people/"
HANCOCK: dict[str, Any] = {"name": "Thomas John Hancock", "birth_date": "1949-05-10", "relationship": "friend"}
# Thomas John Hancock, born 10 May 1949, at NOON.
HANCOCK_NUMBERS = {
    "life_path_number": 11,
    "destiny_number": 7,
    "soul_urge_number": 2,
    "personality_number": 5,
    "attitude_number": 6,
    "maturity_number": 9,
    "balance_number": 2,
    "personal_year_number": 7,
    "personal_month_number": 9,
}


def kept(owner: User, name: str = "Thomas John Hancock", **values: Any) -> Person:
    given = {"birth_date": date(1949, 5, 10), "relationship": "friend"} | values
    return services.add(owner=owner, values={"name": name} | given)


def with_plan(user: User, plan: Plan) -> User:
    User.objects.filter(pk=user.pk).update(plan=plan)
    return User.objects.select_related("profile").get(pk=user.pk)


def address(person: Person, what: str = "") -> str:
    return f"{PATH}{person.pk}/{what}"
