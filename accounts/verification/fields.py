from typing import Any

from accounts.profiles.fields import PlainTextField


class CodeField(PlainTextField):
    """The six digits of a one-time code."""

    default_error_messages = {"invalid_code": "Enter the six digits that were sent to you."}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=40, **{"help_text": "The six digits that were sent."} | kwargs)

    def to_internal_value(self, data: Any) -> str:
        digits = super().to_internal_value(data)
        if len(digits) != 6 or not (digits.isascii() and digits.isdigit()):
            self.fail("invalid_code")
        return digits
