"""Texts that are missing or broken, found at start instead of by a reader."""

from typing import Any

from django.core.checks import CheckMessage, Error, register

from numerology.content import loader


@register()
def texts_are_complete(**_: Any) -> list[CheckMessage]:
    return [Error(problem, id="numerology.E001") for problem in loader.problems()]
