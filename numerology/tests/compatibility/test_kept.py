"""What is kept of comparisons: for whom, for how long, and who sees it."""

import json
from datetime import date

import pytest
from django.db import models
from django.test import Client
from django.urls import reverse

from accounts.models import User
from numerology.compatibility.services import check
from numerology.compatibility.sides import Side
from numerology.content.catalogue import FILES
from numerology.content.pairs import PAIR
from numerology.content.schema import Text
from numerology.models import CompatibilityCheck, CompatibilityTally
from numerology.privacy import HOLDING
from numerology.tests.cast import NOON, at

BOB = Side(name="Bob Stone", birth_date=date(1990, 8, 15))


@pytest.fixture
def row(alice: User) -> CompatibilityCheck:
    with at(NOON):
        return check(user=alice, partner=BOB, relationship="romantic")[0]


@pytest.fixture
def desk(operator: User) -> Client:
    client = Client()
    client.force_login(operator)
    return client


def test_the_export_tells_what_was_compared_and_what_came_of_it(alice: User, row: CompatibilityCheck) -> None:
    exported = HOLDING.export(alice.pk)
    assert json.loads(json.dumps(exported)) == exported
    (told,) = exported["compatibility_checks"]
    assert (told["full_name"], told["partner_name"]) == ("Alice Marie Johnson", "Bob Stone")
    assert (told["partner_birth_date"], told["compatibility_score"]) == ("1990-08-15", 59)
    assert told["breakdown"]["positions"][0]["contribution"] == 7.5
    assert "fingerprint" not in told
    assert exported["compatibility_checks_today"] == {"day": "2026-11-20", "used": 1}


def test_erasure_takes_ones_own_and_nobody_elses(alice: User, bob: User, row: CompatibilityCheck) -> None:
    User.objects.filter(pk=bob.pk).update(plan="premium")
    bob.refresh_from_db()
    check(user=bob, partner=BOB, relationship="family")
    erased = HOLDING.erase(alice.pk)
    assert (erased["compatibility_checks"], erased["compatibility_tallies"]) == (1, 1)
    assert CompatibilityCheck.objects.get().user_id == CompatibilityTally.objects.get().user_id == bob.pk


def test_operators_find_checks_and_rewrite_none(desk: Client, row: CompatibilityCheck) -> None:
    page = desk.get(reverse("admin:numerology_compatibilitycheck_changelist"), {"q": "Bob Stone"}).content.decode()
    assert "alice@example.com" in page
    found = desk.get(reverse("admin:numerology_compatibilitycheck_changelist"), {"q": "Charlie"}).content.decode()
    assert "alice@example.com" not in found
    address = reverse("admin:numerology_compatibilitycheck_change", args=[row.pk])
    assert row.title in desk.get(address).content.decode()
    desk.post(address, {"compatibility_score": 1})
    assert CompatibilityCheck.objects.get().compatibility_score == 59
    assert desk.get(reverse("admin:numerology_compatibilitycheck_add")).status_code == 403


def test_operators_see_how_many_checks_are_used(desk: Client, row: CompatibilityCheck) -> None:
    page = desk.get(reverse("admin:numerology_compatibilitytally_changelist")).content.decode()
    assert "alice@example.com" in page
    assert desk.get(reverse("admin:numerology_compatibilitytally_add")).status_code == 403
    assert str(CompatibilityTally.objects.get()).startswith("1 checks of")
    assert str(row).endswith("Bob Stone")


def test_there_is_room_for_every_text() -> None:
    for name in ("title", "summary"):
        column, bounds = CompatibilityCheck._meta.get_field(name), FILES[PAIR].fields[name]
        assert isinstance(column, models.CharField)
        assert isinstance(bounds, Text)
        assert column.max_length == bounds.longest
