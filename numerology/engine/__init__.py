"""The calculations of numerology, in pure Python.

from datetime import date
from numerology.engine import chart

result = chart(name="Thomas John Hancock", birth_date=date(1949, 5, 10), on_date=date(2026, 11, 20))
result.life_path.value        # 11
result.life_path.calculation  # "5 + 1 + 5 = 11"
"""

from numerology.engine.chart import VERSION, Chart, chart
from numerology.engine.errors import EngineError
from numerology.engine.options import MAINSTREAM, CalculationSystem, Options
from numerology.engine.result import NumberResult, Position
from numerology.engine.sections.running import PersonalCycle, personal_cycle

__all__ = [
    "MAINSTREAM",
    "VERSION",
    "CalculationSystem",
    "Chart",
    "EngineError",
    "NumberResult",
    "Options",
    "PersonalCycle",
    "Position",
    "chart",
    "personal_cycle",
]
