"""What the names decide: the full name given at birth, and the one used today where it is given."""

from __future__ import annotations

from dataclasses import dataclass

from numerology.engine.chaldean.name import ChaldeanName, chaldean_name
from numerology.engine.from_name.balance import balance
from numerology.engine.from_name.destiny import destiny
from numerology.engine.from_name.digits.hidden_passion import HiddenPassion, hidden_passion
from numerology.engine.from_name.digits.intensity import intensity
from numerology.engine.from_name.digits.karmic_lessons import KarmicLessons, karmic_lessons
from numerology.engine.from_name.digits.subconscious_self import subconscious_self
from numerology.engine.from_name.personality import personality
from numerology.engine.from_name.planes import Planes, planes
from numerology.engine.from_name.single_letters.capstone import capstone
from numerology.engine.from_name.single_letters.cornerstone import cornerstone
from numerology.engine.from_name.single_letters.first_vowel import first_vowel
from numerology.engine.from_name.single_letters.keystone import keystone
from numerology.engine.from_name.single_letters.result import LetterResult
from numerology.engine.from_name.soul_urge import soul_urge
from numerology.engine.names.letters import LetteredName, in_system
from numerology.engine.options import MAINSTREAM, CalculationSystem, Options
from numerology.engine.result import NumberResult, Position


@dataclass(frozen=True, kw_only=True)
class NameNumbers:
    """The minor numbers are None without a name of today."""

    destiny: NumberResult
    soul_urge: NumberResult
    personality: NumberResult
    minor_destiny: NumberResult | None
    minor_soul_urge: NumberResult | None
    minor_personality: NumberResult | None
    balance: NumberResult
    hidden_passion: HiddenPassion
    karmic_lessons: KarmicLessons
    subconscious_self: NumberResult
    cornerstone: LetterResult
    capstone: LetterResult
    keystone: LetterResult
    first_vowel: LetterResult
    planes: Planes
    chaldean_name: ChaldeanName


def name_numbers(
    full: LetteredName, current: LetteredName | None = None, *, options: Options = MAINSTREAM
) -> NameNumbers:
    """Both names are lettered in the same system.

    Digits and planes are read in Pythagorean values whatever the system, the Chaldean name is that of today.
    """
    pythagorean = in_system(full, CalculationSystem.PYTHAGOREAN)
    table = intensity(pythagorean)
    lessons = karmic_lessons(table)
    return NameNumbers(
        destiny=destiny(full, options=options),
        soul_urge=soul_urge(full, options=options),
        personality=personality(full, options=options),
        minor_destiny=destiny(current, options=options, position=Position.MINOR_DESTINY) if current else None,
        minor_soul_urge=soul_urge(current, options=options, position=Position.MINOR_SOUL_URGE) if current else None,
        minor_personality=(
            personality(current, options=options, position=Position.MINOR_PERSONALITY) if current else None
        ),
        balance=balance(full),
        hidden_passion=hidden_passion(table),
        karmic_lessons=lessons,
        subconscious_self=subconscious_self(lessons),
        cornerstone=cornerstone(full),
        capstone=capstone(full),
        keystone=keystone(full),
        first_vowel=first_vowel(full),
        planes=planes(pythagorean),
        chaldean_name=chaldean_name(
            in_system(current or full, CalculationSystem.CHALDEAN),
            compound=options.chaldean_compound,
            masters=options.chaldean_masters,
        ),
    )
