"""What weeks, months and years say, whoever asks."""

from dataclasses import asdict
from datetime import date, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from numerology.content import loader
from numerology.content.readings import BEST, FILES, PURPOSES
from numerology.engine import personal_cycle
from numerology.readings.periods import monthly, weekly, yearly
from numerology.readings.periods.spans import month_of, week_of, year_of
from numerology.readings.periods.weekly import SUITED, WeekDay, best_days

PERSON = UUID("0b8f6c1e-4a52-4a53-9a2b-6a3a7d9f2c11")
ANOTHER = UUID("1c9f6c1e-4a52-4a53-9a2b-6a3a7d9f2c12")
BORN = date(1985, 3, 17)
TODAY = date(2026, 11, 20)
WEEK = timedelta(days=7)
OFTEN = tuple(f"[{purpose}-{number}]" for purpose, numbers in SUITED.items() for number in numbers[:2])


def first_of(field: str, texts: tuple[str, ...]) -> str:
    return texts[0]


def week(day: date = TODAY, person: UUID = PERSON, born: date = BORN) -> weekly.WeeklyReading:
    return weekly.compose(person=person, birth_date=born, span=week_of(day))


def month(day: date = TODAY, person: UUID = PERSON, born: date = BORN) -> monthly.MonthlyReading:
    return monthly.compose(person=person, birth_date=born, span=month_of(day))


def year(day: date = TODAY, person: UUID = PERSON, born: date = BORN) -> yearly.YearlyReading:
    return yearly.compose(person=person, birth_date=born, span=year_of(day), essence_at=lambda age: age % 9 + 1)


def test_a_week_with_its_numbers() -> None:
    # Personal Year 3 + 8 + 1 = 12 = 3, Month 3 + 11 = 14 = 5, Day of the 16th 5 + 16 = 21 = 3.
    reading = week()
    assert (reading.week, reading.starts_on, reading.ends_on) == ("2026-W47", date(2026, 11, 16), date(2026, 11, 22))
    assert (reading.personal_year_number, reading.personal_month_number) == (3, 5)
    # 2026 = 10 = 1, and 1 + 11 = 12 = 3.
    assert reading.universal_month_number == 3
    assert [day.personal_day_number for day in reading.days] == [3, 4, 5, 6, 7, 8, 9]
    assert [day.date for day in reading.days] == [date(2026, 11, 16 + ahead) for ahead in range(7)]
    assert reading.theme in loader.weekly_texts(5).themes
    assert reading.focus in loader.weekly_texts(3).focuses
    assert all(day.line in loader.weekly_texts(day.personal_day_number).days for day in reading.days)
    assert reading.turn is None
    assert [(best.purpose, best.personal_day_number) for best in reading.best_days] == [
        ("start", 5),
        ("work", 4),
        ("people", 6),
        ("rest", 7),
    ]
    assert reading.best_days[0].date == date(2026, 11, 18)
    assert reading.best_days[0].reason in loader.best_reasons("start", 5)


def test_a_week_between_two_months_has_the_numbers_of_its_thursday() -> None:
    reading = week(date(2026, 12, 1))
    assert reading.personal_month_number == personal_cycle(BORN, date(2026, 12, 3)).month.chain[-1] == 6
    assert reading.turn is not None
    assert (reading.turn.date, reading.turn.personal_year_number, reading.turn.personal_month_number) == (
        date(2026, 12, 1),
        3,
        6,
    )


def test_a_week_between_two_years() -> None:
    reading = week(date(2027, 1, 1))
    assert reading.week == "2026-W53"
    # Thursday is New Year's Eve: the year is still the old one, and turns on Friday.
    assert (reading.personal_year_number, reading.personal_month_number) == (3, 6)
    assert reading.turn is not None
    assert (reading.turn.date, reading.turn.personal_year_number, reading.turn.personal_month_number) == (
        date(2027, 1, 1),
        4,
        5,
    )


def test_a_month_with_its_numbers() -> None:
    reading = month()
    assert (reading.month, reading.starts_on, reading.ends_on) == ("2026-11", date(2026, 11, 1), date(2026, 11, 30))
    assert (reading.personal_year_number, reading.personal_month_number, reading.universal_month.number) == (3, 5, 3)
    assert reading.theme in loader.monthly_texts(5).themes
    assert reading.within_the_year in loader.monthly_texts(3).years
    # November 2026 begins on a Sunday.
    assert [(each.starts_on.day, each.ends_on.day, each.personal_day_number) for each in reading.weeks] == [
        (1, 1, 6),
        (2, 8, 7),
        (9, 15, 5),
        (16, 22, 3),
        (23, 29, 1),
        (30, 30, 8),
    ]
    assert [day.day for day in reading.days_in_tune] == [9, 18, 27]


def test_a_year_with_its_numbers() -> None:
    reading = year()
    assert (reading.year, reading.starts_on, reading.ends_on) == (2026, date(2026, 1, 1), date(2026, 12, 31))
    assert (reading.personal_year_number, reading.universal_year.number) == (3, 1)
    assert [each.personal_month_number for each in reading.months] == [4, 5, 6, 7, 8, 9, 1, 2, 3, 4, 5, 6]
    assert [each.month for each in reading.months][::11] == ["2026-01", "2026-12"]
    # A number that comes twice is spoken of in two ways.
    assert all(reading.months[place].line != reading.months[place + 9].line for place in range(3))
    # Parts 3, 8, 5: challenges 5 and 3, so the main one is 2.
    assert reading.challenge.number == 2
    # Life Path 7: the first Pinnacle, 3 + 8 = 11, ends at 29, the second, 8 + 5 = 13 = 4, at 38, and the third,
    # 11 + 4 = 15 = 6, at 47: it has all of the year in which 41 come true.
    assert [(each.name, each.number, each.starts_on, each.ends_on) for each in reading.pinnacles] == [
        ("third", 6, date(2026, 1, 1), date(2026, 12, 31))
    ]
    assert [(each.name, each.number) for each in reading.periods] == [("productive", 8)]
    assert [(each.number, each.starts_on, each.ends_on) for each in reading.essences] == [
        (5, date(2026, 1, 1), date(2026, 3, 16)),
        (6, date(2026, 3, 17), date(2026, 12, 31)),
    ]


def test_a_birthday_brings_another_pinnacle() -> None:
    # The third begins at 39: on 17 March 2024.
    reading = year(date(2024, 1, 1))
    assert [(each.name, each.starts_on, each.ends_on) for each in reading.pinnacles] == [
        ("second", date(2024, 1, 1), date(2024, 3, 16)),
        ("third", date(2024, 3, 17), date(2024, 12, 31)),
    ]


@pytest.mark.parametrize(
    ("born", "starts"),
    [
        (date(2026, 3, 17), [date(2026, 3, 17)]),
        (date(2026, 1, 1), [date(2026, 1, 1)]),
        (date(1990, 1, 1), [date(2026, 1, 1)]),
        (date(1990, 12, 31), [date(2026, 1, 1), date(2026, 12, 31)]),
        (date(2000, 2, 29), [date(2026, 1, 1), date(2026, 3, 1)]),
    ],
)
def test_a_year_is_told_from_birth_and_by_birthdays(born: date, starts: list[date]) -> None:
    assert [each.starts_on for each in year(born=born).essences] == starts


@settings(max_examples=60)
@given(st.dates(date(1000, 1, 1), date(2026, 1, 1)), st.dates(date(2026, 1, 1), date(2100, 1, 1)), st.uuids())
def test_the_same_person_and_period_are_told_the_same(born: date, day: date, person: UUID) -> None:
    assert repr(week(day, person, born)) == repr(week(day, person, born))
    assert repr(month(day, person, born)) == repr(month(day, person, born))
    assert repr(year(day, person, born)) == repr(year(day, person, born))
    best = week(day, person, born).best_days
    assert len({each.date for each in best}) == len(best) == len(PURPOSES)


def test_any_day_of_a_period_gives_the_same() -> None:
    assert week(date(2026, 11, 16)) == week(date(2026, 11, 22)) != week(date(2026, 11, 23))
    assert month(date(2026, 11, 1)) == month(date(2026, 11, 30)) != month(date(2026, 12, 1))
    assert year(date(2026, 1, 1)) == year(date(2026, 12, 31)) != year(date(2027, 1, 1))


def test_people_are_told_different_things() -> None:
    people = [UUID(int=n) for n in range(40)]
    assert len({week(person=person) for person in people}) > 35
    assert len({month(person=person) for person in people}) > 35
    assert len({year(person=person).months for person in people}) > 35


def test_nothing_of_a_week_is_said_again_in_the_next() -> None:
    weeks = [week(TODAY + WEEK * ahead) for ahead in range(60)]
    for one, following in pairwise(weeks):
        assert one.theme != following.theme
        assert one.focus != following.focus
        assert not {day.line for day in one.days} & {day.line for day in following.days}


def test_no_theme_of_a_month_s_weeks_comes_twice() -> None:
    themes = [week(TODAY + WEEK * ahead).theme for ahead in range(-2, 3)]
    assert len(set(themes)) == 5


def test_a_day_is_best_for_one_thing_however_the_week_runs() -> None:
    for first in range(1, 10):
        days = tuple(WeekDay(TODAY + timedelta(days=ahead), (first + ahead - 1) % 9 + 1, "", "") for ahead in range(7))
        best = best_days(days, first_of)
        assert len({each.date for each in best}) == 4
        assert all(SUITED[each.purpose].index(each.personal_day_number) < 5 for each in best)


def test_of_equal_days_the_first_is_best() -> None:
    days = tuple(WeekDay(TODAY + timedelta(days=ahead), 1, "", "") for ahead in range(7))
    assert [each.date for each in best_days(days, first_of)] == [TODAY + timedelta(days=ahead) for ahead in range(4)]


def test_every_purpose_has_an_order_of_all_days() -> None:
    assert tuple(SUITED) == PURPOSES
    assert all(sorted(numbers) == list(range(1, 10)) for numbers in SUITED.values())


@pytest.mark.parametrize("name", FILES)
def test_every_text_comes_up(name: str) -> None:
    """In ten years and for people of all birthdays, whatever is written is read by somebody; of the reasons those for
    the two days of which every week has one."""
    written = {text for key, text in loader.texts_of(name) if name != BEST or key.startswith(OFTEN)}
    told: set[str] = set()
    for born in (date(1980, 1, day) for day in range(1, 10)):
        for ahead in range(520):
            day = TODAY + WEEK * ahead
            match name:
                case "weekly":
                    found = week(day, born=born)
                    told |= {found.theme, found.focus, *(each.line for each in found.days)}
                case "weekly_best":
                    told |= {each.reason for each in week(day, born=born).best_days}
                case "monthly":
                    at = month(day, born=born)
                    told |= {at.theme, at.within_the_year, *(each.line for each in at.weeks)}
                case "yearly":
                    span = year(date(2026 + ahead % 60, 1, 1), born=born)
                    told |= {span.theme, *(each.line for each in span.months)}
        if written <= told:
            return
    assert written - told == set()


def test_a_reading_is_made_of_plain_values() -> None:
    assert all(value is not None for value in asdict(month()).values())
    assert week().content_version == loader.version_of(*weekly.SOURCES)
