from datetime import date

import pytest
from django.db import IntegrityError, transaction

from accounts.models import User
from numerology.charts.models import CalculationSystem
from numerology.charts.services import current_profile
from numerology.engine import CalculationSystem as EngineSystem
from numerology.models import DailyReading, NumerologyProfile
from numerology.readings.services import daily_reading
from numerology.tests.cast import NOON, at


def test_the_systems_are_those_of_the_engine() -> None:
    assert set(CalculationSystem.values) == {system.value for system in EngineSystem}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("life_path_number", 10),
        ("destiny_number", 0),
        ("soul_urge_number", 0),
        ("personality_number", 44),
        ("maturity_number", 12),
        ("attitude_number", 11),
        ("balance_number", 0),
        ("calculation_system", "xyz"),
    ],
)
def test_impossible_numbers_cannot_be_stored(alice: User, field: str, value: object) -> None:
    current_profile(user=alice)
    with pytest.raises(IntegrityError), transaction.atomic():
        NumerologyProfile.objects.filter(user=alice).update(**{field: value})


def test_a_person_has_one_profile_and_one_reading_a_day(alice: User) -> None:
    current_profile(user=alice)
    reading = daily_reading(user=alice)
    row = NumerologyProfile.objects.values().get(user=alice)
    with pytest.raises(IntegrityError), transaction.atomic():
        NumerologyProfile.objects.create(**row | {"id": reading.id})
    kept = DailyReading.objects.values().get(user=alice)
    with pytest.raises(IntegrityError), transaction.atomic():
        DailyReading.objects.create(**kept | {"id": row["id"]})
    with pytest.raises(IntegrityError), transaction.atomic():
        DailyReading.objects.filter(user=alice).update(lucky_number=0)


def test_rows_say_whose_they_are(alice: User) -> None:
    with at(NOON):
        current_profile(user=alice)
        reading = daily_reading(user=alice)
    assert str(NumerologyProfile.objects.get()) == f"Numbers of {alice.pk}"
    assert str(reading) == f"Reading of {alice.pk} for 2026-11-20"


def test_a_profile_knows_what_it_was_made_from(alice: User) -> None:
    current_profile(user=alice)
    row = NumerologyProfile.objects.get()
    name, born, version = row.full_name, row.birth_date, row.engine_version
    assert row.is_made_from(full_name=name, latin_name="", birth_date=born, engine_version=version)
    assert not row.is_made_from(full_name="Ann", latin_name="", birth_date=born, engine_version=version)
    assert not row.is_made_from(full_name=name, latin_name="", birth_date=date(1990, 1, 1), engine_version=version)
    assert not row.is_made_from(full_name=name, latin_name="", birth_date=born, engine_version=0)
