from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import Plan, User
from conftest import Api
from numerology.charts.services import calculate
from numerology.content import loader
from numerology.content.remedies import REASON, SOURCES, TYPES
from numerology.models import Remedy, RemedyTracking
from numerology.remedies.models import RemedyType
from numerology.remedies.services import remedies_of
from numerology.tests.cast import renamed

PATH = "/api/v1/numerology/remedies/"


def fresh(user: User) -> User:
    return User.objects.select_related("profile").get(pk=user.pk)


def downgraded(user: User) -> None:
    User.objects.filter(pk=user.pk).update(plan=Plan.FREE)


def chosen(user: User) -> dict[str, tuple[str, int]]:
    return {each.remedy_type: (each.position, each.number) for each in remedies_of(fresh(user))}


def test_the_six_types_are_those_of_the_texts() -> None:
    assert tuple(RemedyType.values) == TYPES


@pytest.mark.parametrize(("remedy_type", "position"), [(kind, each) for kind in TYPES for each in SOURCES[kind]])
def test_every_reason_names_its_number(remedy_type: str, position: str) -> None:
    assert loader.remedy_reason(remedy_type, position).count("{number}") == 1
    assert "{" not in loader.remedy_reason(remedy_type, position).format(number=7)
    assert loader.version_of(REASON) >= 1


def test_one_of_each_type_with_its_reason(api: Api, alice: User) -> None:
    response = api(alice).get(PATH)
    assert response.status_code == 200
    body = response.json()
    assert [each["remedy_type"] for each in body] == ["gemstone", "color", "ritual", "mantra", "dietary", "exercise"]
    gemstone = body[0]
    # Born 17 March 1985: 3 + 8 + 5 = 16 = 7.
    assert (gemstone["position"], gemstone["number"]) == ("life_path", 7)
    text = loader.remedy("gemstone", 7)
    assert (gemstone["title"], gemstone["description"]) == (text.title, text.description)
    assert gemstone["recommendation"] == text.recommendation
    assert gemstone["reason"].startswith("Chosen for your Life Path 7:")
    assert (gemstone["user"], gemstone["is_active"]) == (str(alice.pk), True)
    assert (gemstone["reminder_time"], gemstone["reminder_weekdays"]) == (None, [1, 2, 3, 4, 5, 6, 7])


def test_each_type_follows_its_own_number(alice: User) -> None:
    # Alice Marie Johnson has no 2 and no 7 among her letters: the lowest missing digit sets the exercise.
    assert chosen(alice) == {
        "gemstone": ("life_path", 7),
        "color": ("personality", 3),
        "ritual": ("balance", 6),
        "mantra": ("soul_urge", 6),
        "dietary": ("attitude", 2),
        "exercise": ("karmic_lesson", 2),
    }


def test_a_name_without_vowels_lets_the_life_path_choose(alice: User) -> None:
    renamed(alice, "Bcd Fgh")
    assert chosen(alice)["mantra"] == ("life_path", 7)
    renamed(alice, "Aie Ou")
    assert chosen(alice)["color"] == ("life_path", 7)


def test_a_name_with_all_digits_lets_the_birthday_choose(alice: User) -> None:
    renamed(alice, "Abcdefghi")
    assert chosen(alice)["exercise"] == ("birthday", 8)


def test_reading_twice_changes_nothing_and_asks_little(api: Api, alice: User) -> None:
    first = api(alice).get(PATH).json()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        second = remedies_of(fresh(alice))
    assert [str(each.pk) for each in second] == [each["id"] for each in first]
    # The person, their numbers, their remedies.
    assert len(queries) == 3
    assert Remedy.objects.count() == 6


def test_another_name_supersedes_what_it_no_longer_chooses(alice: User) -> None:
    before = {each.remedy_type: each for each in remedies_of(fresh(alice))}
    renamed(alice, "Bob Stone")
    after = {each.remedy_type: each for each in remedies_of(fresh(alice))}
    assert after["gemstone"].pk == before["gemstone"].pk
    changed = {kind for kind in TYPES if after[kind].pk != before[kind].pk}
    assert changed
    for kind in changed:
        before[kind].refresh_from_db()
        assert before[kind].superseded_at is not None
        assert after[kind].superseded_at is None
    assert Remedy.objects.filter(superseded_at=None).count() == 6


def test_another_system_supersedes_as_well(alice: User) -> None:
    before = chosen(alice)
    calculate(user=fresh(alice), system="chaldean")
    assert chosen(alice) != before


def test_new_words_for_the_same_number_keep_the_remedy(alice: User) -> None:
    old = remedies_of(fresh(alice))[0]
    Remedy.objects.filter(pk=old.pk).update(content_version=1, title="An older title")
    new = remedies_of(fresh(alice))[0]
    assert new.pk == old.pk
    assert new.title == loader.remedy("gemstone", 7).title
    assert new.content_version == old.content_version


def test_free_plans_have_none(api: Api, bob: User) -> None:
    response = api(bob).get(PATH)
    assert response.status_code == 402
    assert response.json()["code"] == "plan_required"
    assert response.json()["plan"] == "premium"
    assert not Remedy.objects.exists()


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("patch", "", {"is_active": False}),
        ("post", "track/", {"date": "2026-11-20", "is_completed": True}),
        ("put", "reminder/", {"time": "07:30"}),
        ("get", "progress/", None),
    ],
)
def test_who_has_no_plan_any_more_or_another_id(
    api: Api, alice: User, charlie: User, method: str, path: str, body: dict[str, Any] | None
) -> None:
    remedy = remedies_of(fresh(alice))[0]
    unknown = getattr(api(alice), method)(f"{PATH}{uuid4()}/{path}", body)
    assert unknown.status_code == 404
    User.objects.filter(pk=charlie.pk).update(plan=Plan.PREMIUM)
    stranger = getattr(api(charlie), method)(f"{PATH}{remedy.pk}/{path}", body)
    assert stranger.status_code == 404
    assert getattr(api(None), method)(f"{PATH}{remedy.pk}/{path}", body).status_code == 401
    downgraded(alice)
    refused = getattr(api(alice), method)(f"{PATH}{remedy.pk}/{path}", body)
    assert (refused.status_code, refused.json()["code"]) == (402, "plan_required")
    remedy.refresh_from_db()
    assert (remedy.is_active, remedy.reminder_time) == (True, None)
    assert not RemedyTracking.objects.exists()


def test_a_superseded_remedy_is_gone(api: Api, alice: User) -> None:
    before = {each.remedy_type: each for each in remedies_of(fresh(alice))}
    renamed(alice, "Bob Stone")
    after = {each.remedy_type: each for each in remedies_of(fresh(alice))}
    gone = next(before[kind] for kind in TYPES if after[kind].pk != before[kind].pk)
    assert api(alice).patch(f"{PATH}{gone.pk}/", {"is_active": False}).status_code == 404


@pytest.mark.parametrize("missing", ["name", "birth"])
def test_a_profile_that_lacks_something(api: Api, alice: User, missing: str) -> None:
    if missing == "name":
        renamed(alice, "")
    else:
        type(alice.profile).objects.filter(user=alice).update(date_of_birth=None)
    response = api(alice).get(PATH)
    assert response.status_code == 409
    assert response.json()["code"] == {"name": "name_required", "birth": "birth_date_required"}[missing]


def test_putting_aside_and_taking_up(api: Api, alice: User) -> None:
    remedy = remedies_of(fresh(alice))[0]
    aside = api(alice).patch(f"{PATH}{remedy.pk}/", {"is_active": False})
    assert (aside.status_code, aside.json()["is_active"]) == (200, False)
    assert remedies_of(fresh(alice))[0].is_active is False
    assert api(alice).patch(f"{PATH}{remedy.pk}/", {"is_active": True}).json()["is_active"] is True


@pytest.mark.parametrize("body", [{}, {"is_active": "yes"}, {"is_active": None}])
def test_putting_aside_needs_a_yes_or_no(api: Api, alice: User, body: dict[str, Any]) -> None:
    remedy = remedies_of(fresh(alice))[0]
    response = api(alice).patch(f"{PATH}{remedy.pk}/", body)
    assert response.status_code == 400
    assert response.json()["errors"][0]["field"] == "is_active"
    remedy.refresh_from_db()
    assert remedy.is_active


@pytest.mark.parametrize(
    "wrong",
    [
        {"number": 0},
        {"remedy_type": "potion"},
        {"reminder_weekdays": []},
        {"reminder_weekdays": [8]},
        {"superseded_at": "2026-11-20T00:00:00Z", "next_reminder_at": "2026-11-21T00:00:00Z"},
        {"next_reminder_at": "2026-11-21T00:00:00Z"},
    ],
)
def test_the_database_refuses_what_cannot_be(alice: User, wrong: dict[str, Any]) -> None:
    remedy = remedies_of(fresh(alice))[0]
    with pytest.raises(IntegrityError), transaction.atomic():
        Remedy.objects.filter(pk=remedy.pk).update(**wrong)


def test_two_current_remedies_of_a_type_cannot_be(alice: User) -> None:
    remedy = remedies_of(fresh(alice))[0]
    remedy.pk = uuid4()
    with pytest.raises(IntegrityError), transaction.atomic():
        remedy.save(force_insert=True)


def test_remedies_say_what_they_are(alice: User) -> None:
    remedy = remedies_of(fresh(alice))[1]
    assert str(remedy) == f"Colour: {remedy.title}"
