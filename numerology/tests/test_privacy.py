import json
from datetime import date

from accounts.models import User
from numerai.common import privacy
from numerology.charts.services import calculate, current_profile
from numerology.models import DailyReading, NumerologyProfile, ProfileCalculation
from numerology.privacy import HOLDING
from numerology.readings.services import daily_reading
from numerology.tests.cast import NOON, at


def test_the_app_declares_what_it_holds() -> None:
    assert HOLDING in privacy.holdings()


def test_the_export_holds_every_number_and_reading_of_the_person_alone(alice: User, bob: User) -> None:
    with at(NOON):
        calculate(user=alice, system="chaldean")
        daily_reading(user=alice)
        daily_reading(user=alice, on_date=date(2026, 11, 19))
        daily_reading(user=bob)
        exported = HOLDING.export(alice.pk)
    assert json.loads(json.dumps(exported)) == exported
    (numbers,) = exported["numerology_profiles"]
    assert numbers["full_name"] == "Alice Marie Johnson"
    assert numbers["birth_date"] == "1985-03-17"
    assert numbers["calculation_system"] == "chaldean"
    assert [reading["reading_date"] for reading in exported["daily_readings"]] == ["2026-11-19", "2026-11-20"]
    assert exported["daily_readings"][0]["affirmation"]


def test_the_export_of_someone_without_numbers_is_empty(alice: User) -> None:
    exported = HOLDING.export(alice.pk)
    assert {"people", "people_imports", "numerology_profiles", "daily_readings"} <= set(exported)
    assert not any(exported.values())


def test_erasure_removes_the_persons_rows_and_no_others(alice: User, bob: User) -> None:
    for user in (alice, bob):
        current_profile(user=user)
        daily_reading(user=user)
    erased = HOLDING.erase(alice.pk)
    assert {table: rows for table, rows in erased.items() if rows} == {
        "numerology_profiles": 1,
        "numerology_calculations": 1,
        "daily_readings": 1,
    }
    assert set(HOLDING.erase(alice.pk).values()) == {0}
    assert list(NumerologyProfile.objects.values_list("user", flat=True)) == [bob.pk]
    assert list(ProfileCalculation.objects.values_list("user", flat=True)) == [bob.pk]
    assert list(DailyReading.objects.values_list("user", flat=True)) == [bob.pk]
