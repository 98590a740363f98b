"""What name and date of birth decide together."""

from __future__ import annotations

from dataclasses import dataclass

from numerology.engine.combined.bridges import Bridges, bridge
from numerology.engine.combined.maturity import maturity
from numerology.engine.combined.rational_thought import rational_thought
from numerology.engine.names.letters import LetteredName
from numerology.engine.options import MAINSTREAM, Options
from numerology.engine.result import NumberResult
from numerology.engine.sections.birth import BirthNumbers
from numerology.engine.sections.names import NameNumbers


@dataclass(frozen=True, kw_only=True)
class CombinedNumbers:
    maturity: NumberResult
    rational_thought: NumberResult
    bridges: Bridges


def combined_numbers(
    birth: BirthNumbers, names: NameNumbers, full: LetteredName, *, options: Options = MAINSTREAM
) -> CombinedNumbers:
    return CombinedNumbers(
        maturity=maturity(birth.life_path.chain[-1], names.destiny.chain[-1], method=options.maturity),
        rational_thought=rational_thought(full.words[0], birth.birthday.chain[0]),
        bridges=Bridges(
            life_path_destiny=bridge(birth.life_path, names.destiny),
            soul_urge_personality=bridge(names.soul_urge, names.personality),
        ),
    )
