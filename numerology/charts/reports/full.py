"""The full report: a chart in order, each number with its title, and a summary put together from their texts."""

from typing import Any

from accounts.models import User
from numerology.charts.answers.words import Words, line, note, page
from numerology.charts.reports.summary import summary_of
from numerology.charts.services import own, whole_chart
from numerology.engine import Chart, NumberResult, Position
from numerology.engine.from_date.challenges import ChallengeRole
from numerology.engine.stages import Stage, stage_at
from payments.entitlements import require

FEATURE = "full_report"
# Named as in the API, in the order of the report.
TITLED = {
    "life_path": Position.LIFE_PATH,
    "destiny": Position.DESTINY,
    "soul_urge": Position.SOUL_URGE,
    "personality": Position.PERSONALITY,
    "attitude": Position.ATTITUDE,
    "maturity": Position.MATURITY,
    "balance": Position.BALANCE,
    "personal_year": Position.PERSONAL_YEAR,
}
NOTED = ("rational_thought", "subconscious_self", "essence")


def full_report(user: User) -> dict[str, Any]:
    """As of the person's own today. Raises PlanRequired and the refusals of `numerology.errors`."""
    require(user, FEATURE)
    return report_on(whole_chart(own(user)))


def report_on(chart: Chart) -> dict[str, Any]:
    """Titles are None where there is no number, but for Soul Urge and Personality, whose absence has a page."""
    main = next(each for each in chart.challenges if each.role is ChallengeRole.MAIN).number
    return {
        "full_name": chart.name.original,
        "birth_date": chart.birth_date.isoformat(),
        "on_date": chart.on_date.isoformat(),
        "age": chart.age,
        "calculation_system": chart.system.value,
        **{
            f"{name}_{part}": value
            for name, position in TITLED.items()
            for part, value in _titled(position, getattr(chart, name)).items()
        },
        "birthday_number": chart.birthday.value,
        "birthday_title": _title(note("birthday", chart.birth_date.day)),
        "challenge_number": main.value,
        "challenge_title": _title(note("challenge", f"{main.value}-{ChallengeRole.MAIN}")),
        "pinnacle_cycle": _staged("pinnacle", chart.pinnacles, chart.age),
        "period_cycle": _staged("period", chart.period_cycles, chart.age),
        **_lacks_and_gifts(chart),
        **{
            name: {"number": number.value, "text": note(name, number.value or "")}
            for name in NOTED
            for number in [getattr(chart, name)]
        },
        "bridges": {
            "life_path_destiny": _bridge("life_path_destiny", chart.bridges.life_path_destiny),
            "soul_urge_personality": _bridge("soul_urge_personality", chart.bridges.soul_urge_personality),
        },
        "summary": summary_of(chart),
        "content_hash": chart.content_hash,
    }


def _titled(position: Position, number: NumberResult) -> dict[str, Any]:
    return {"number": number.value, "title": page(position, number.value)["title"]}


def _title(text: Words | None) -> str | None:
    return text["title"] if text else None


def _staged(name: str, stages: tuple[Stage, ...], age: int) -> list[dict[str, Any]]:
    """``age`` of each is the one it begins at, 0 for the first; the last has no ``end_age``."""
    present = stage_at(age, stages)
    return [
        {
            "number": stage.number.value,
            "age": stage.start_age,
            "title": _title(note(name, f"{stage.number.value}-{stage.name}")),
            "end_age": stage.end_age,
            "is_current": stage is present,
            "text": note(name, f"{stage.number.value}-{stage.name}"),
        }
        for stage in stages
    ]


def _lacks_and_gifts(chart: Chart) -> dict[str, Any]:
    return {
        "karmic_debts": [
            {
                "number": debt.number,
                "where": debt.where.value,
                "text": note("karmic_debt", f"{debt.number}-{debt.where}"),
            }
            for debt in chart.karmic_debts
        ],
        "karmic_lessons": [
            {"number": number, "text": note("karmic_lesson", number)} for number in chart.karmic_lessons.numbers
        ],
        "hidden_passion": [
            {"number": number, "text": note("hidden_passion", number)} for number in chart.hidden_passion.numbers
        ],
    }


def _bridge(name: str, number: NumberResult) -> dict[str, Any]:
    return {"number": number.value, "text": line(f"bridge_{name}", "" if number.value is None else number.value)}
