from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from numerai.common import clock
from numerology.engine import EngineError, chart
from numerology.engine.choices import CHOICES, options_from
from numerology.engine.errors import LatinNameRequiredError
from numerology.engine.table import table


class Command(BaseCommand):
    help = "Prints a chart: every number with the sum that made it. Reads and keeps nothing."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--name", required=True, help="the full name given at birth")
        parser.add_argument("--birth", required=True, help="the date of birth, YYYY-MM-DD")
        parser.add_argument("--on", help="the date the chart is for, YYYY-MM-DD; today without it")
        parser.add_argument("--system", default="pythagorean", help="pythagorean or chaldean")
        parser.add_argument("--current-name", help="the name used today, for the minor numbers")
        parser.add_argument("--latin-name", help="the name in Latin letters, where its script leaves vowels unwritten")
        parser.add_argument("--gender", help="male or female, for one kua number instead of both")
        keys = ", ".join(CHOICES)
        parser.add_argument("--option", action="append", default=[], metavar="KEY=VALUE", help=f"one of {keys}")
        shape = parser.add_mutually_exclusive_group()
        shape.add_argument("--json", action="store_true", help="print the canonical JSON, of which the hash is taken")
        shape.add_argument("--table", action="store_true", help="print a table; so it is without --json")

    def handle(self, *args: Any, **given: Any) -> None:
        named = dict(_pair(option) for option in given["option"])
        if given["gender"]:
            named["gender"] = given["gender"]
        try:
            found = chart(
                name=given["name"],
                birth_date=_date("birth", given["birth"]),
                on_date=_date("on", given["on"]) if given["on"] else clock.now().date(),
                system=given["system"],
                options=options_from(named),
                current_name=given["current_name"],
                latin_name=given["latin_name"],
            )
        except EngineError as error:
            raise CommandError(_sentence(error)) from error
        self.stdout.write(found.to_json().decode() if given["json"] else table(found))


def _date(argument: str, text: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.isoformat() != text:
        raise CommandError(f"--{argument} must be a date that exists, written YYYY-MM-DD: {text} is none.")
    return found


def _pair(option: str) -> tuple[str, str]:
    name, separator, value = option.partition("=")
    if not separator:
        raise CommandError(f"--option must be written KEY=VALUE: {option} is not.")
    return name, value


def _sentence(error: EngineError) -> str:
    if isinstance(error, LatinNameRequiredError) and error.proposal:
        return f"{error.message} Perhaps: --latin-name '{error.proposal.latin_name}'"
    return error.message
