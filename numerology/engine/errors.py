"""Every way the engine refuses an input. No other exception leaves it."""

from __future__ import annotations

from typing import ClassVar

from numerology.engine.names.proposal import LatinProposal


class EngineError(ValueError):
    """An input the engine cannot calculate with.

    `code` is stable and made for machines, `field` names the argument at fault and the message is one sentence
    that may be shown to the person who typed it.
    """

    code: ClassVar[str]
    field: str

    def __init__(self, message: str, *, field: str) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class InvalidNameError(EngineError):
    code = "name_invalid"

    def __init__(self, *, field: str = "name") -> None:
        super().__init__("The name must be text.", field=field)


class NameWithoutLettersError(EngineError):
    code = "name_no_letters"

    def __init__(self, *, field: str = "name") -> None:
        super().__init__("The name holds no letters to count.", field=field)


class LatinNameRequiredError(EngineError):
    """The script leaves vowels or readings unwritten, so a guess would change the numbers.

    `proposal` is such a guess, for the person to confirm or correct; None where there is not even a guess.
    """

    code = "latin_name_required"

    def __init__(self, *, character: str, proposal: LatinProposal | None = None, field: str = "name") -> None:
        super().__init__("Please also give this name in Latin letters, as you spell it yourself.", field=field)
        self.character = character
        self.proposal = proposal


class InvalidDateError(EngineError):
    code = "date_invalid"

    def __init__(self, *, field: str) -> None:
        super().__init__("A calendar date without a time of day is needed.", field=field)


class BirthDateOutOfRangeError(EngineError):
    code = "birth_date_out_of_range"

    def __init__(self) -> None:
        super().__init__("The year of birth must have four digits.", field="birth_date")


class OnDateOutOfRangeError(EngineError):
    code = "on_date_out_of_range"

    def __init__(self) -> None:
        super().__init__("The year must have four digits.", field="on_date")


class UnknownSystemError(EngineError):
    code = "system_unknown"

    def __init__(self) -> None:
        super().__init__("The calculation system must be pythagorean or chaldean.", field="system")


class GenderRequiredError(EngineError):
    """A Kua number goes into the result, and there is one for men and one for women."""

    code = "gender_required"

    def __init__(self) -> None:
        super().__init__("Please say whether the Kua number of a man or of a woman is meant.", field="gender")


class UnknownRelationshipError(EngineError):
    code = "relationship_unknown"

    def __init__(self) -> None:
        super().__init__("The relationship must be romantic, business, friendship or family.", field="relationship")


class NumberOutOfRangeError(EngineError):
    code = "number_out_of_range"

    def __init__(self, *, field: str) -> None:
        super().__init__("A number runs from 1 to 9 or is 11, 22 or 33.", field=field)


class NothingToCompareError(EngineError):
    code = "nothing_to_compare"

    def __init__(self) -> None:
        super().__init__("The two charts have no number in common to compare.", field="numbers")


class UnknownOptionError(EngineError):
    """`option` is not one of the points of disagreement, or `allowed` are its methods and none of them was named."""

    code = "option_unknown"

    def __init__(self, *, option: str, allowed: tuple[str, ...] = ()) -> None:
        message = f"No option {option} exists."
        if allowed:
            message = f"The option {option} must be one of {', '.join(allowed)}."
        super().__init__(message, field="options")
        self.option = option
        self.allowed = allowed
