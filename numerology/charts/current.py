"""A person's nine numbers as of a day: the lasting ones from the row, the Personal Year and Month of that day."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from numerology.charts.models import NumerologyProfile
from numerology.content.catalogue import PAGES
from numerology.engine import Position, personal_cycle

# The nine positions of a chart, by the name the number has in the API.
POSITIONS = {f"{position}_number": Position(position) for position in PAGES}


@dataclass(frozen=True, slots=True)
class CurrentProfile:
    """The nine numbers on `on_date`; None where the name cannot have the number."""

    id: UUID
    life_path_number: int
    destiny_number: int
    soul_urge_number: int | None
    personality_number: int | None
    attitude_number: int
    maturity_number: int
    balance_number: int
    personal_year_number: int
    personal_month_number: int
    calculation_system: str
    calculated_at: datetime
    updated_at: datetime
    on_date: date


def profile_on(row: NumerologyProfile, on_date: date) -> CurrentProfile:
    cycle = personal_cycle(row.birth_date, on_date)
    return CurrentProfile(
        id=row.id,
        life_path_number=row.life_path_number,
        destiny_number=row.destiny_number,
        soul_urge_number=row.soul_urge_number,
        personality_number=row.personality_number,
        attitude_number=row.attitude_number,
        maturity_number=row.maturity_number,
        balance_number=row.balance_number,
        personal_year_number=cycle.year.chain[-1],
        personal_month_number=cycle.month.chain[-1],
        calculation_system=row.calculation_system,
        calculated_at=row.calculated_at,
        updated_at=row.updated_at,
        on_date=on_date,
    )
