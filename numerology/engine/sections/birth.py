"""What the date of birth alone decides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from numerology.engine.from_date.attitude import attitude
from numerology.engine.from_date.birthday import birthday
from numerology.engine.from_date.challenges import Challenge, challenges
from numerology.engine.from_date.life_path import life_path
from numerology.engine.from_date.period_cycles import period_cycles
from numerology.engine.from_date.pinnacles import pinnacles
from numerology.engine.grids.arrows import ArrowsGrid, arrows
from numerology.engine.grids.lo_shu import LoShuGrid, lo_shu
from numerology.engine.grids.psychomatrix import Psychomatrix, psychomatrix
from numerology.engine.indian.conductor import conductor
from numerology.engine.indian.driver import driver
from numerology.engine.indian.kua import Kua, kua
from numerology.engine.options import MAINSTREAM, Options
from numerology.engine.result import NumberResult
from numerology.engine.stages import Stage


@dataclass(frozen=True, kw_only=True)
class BirthNumbers:
    life_path: NumberResult
    attitude: NumberResult
    birthday: NumberResult
    period_cycles: tuple[Stage, ...]
    pinnacles: tuple[Stage, ...]
    challenges: tuple[Challenge, ...]
    driver: NumberResult
    conductor: NumberResult
    kua: Kua
    lo_shu: LoShuGrid
    arrows: ArrowsGrid
    psychomatrix: Psychomatrix


def birth_numbers(birth_date: date, *, options: Options = MAINSTREAM) -> BirthNumbers:
    """Raises EngineError for dates out of bounds, and where the Lo Shu is to hold a kua of no given gender."""
    return BirthNumbers(
        life_path=life_path(birth_date, method=options.life_path),
        attitude=attitude(birth_date, masters=options.attitude_masters),
        birthday=birthday(birth_date),
        period_cycles=period_cycles(birth_date, starts=options.period_starts),
        pinnacles=pinnacles(birth_date, method=options.pinnacles, ages=options.pinnacle_ages),
        challenges=challenges(birth_date, masters=options.challenge_masters),
        driver=driver(birth_date, masters=options.indian_masters),
        conductor=conductor(birth_date, masters=options.indian_masters),
        kua=kua(birth_date, gender=options.gender, year_starts=options.kua_year),
        lo_shu=lo_shu(birth_date, options=options),
        arrows=arrows(birth_date),
        psychomatrix=psychomatrix(birth_date),
    )
