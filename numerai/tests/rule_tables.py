"""Tables of numbered rules and the tests that hold them, which carry the numbers: ``test_rule_NN_…``."""

import ast
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
NAME = re.compile(r"test_rule_(\d{2,3})_\w+")


@dataclass(frozen=True)
class RuleBook:
    """``rules`` by their numbers, held by tests in ``rooms``, which are named on ``page`` by their paths from ``base``.

    ``elsewhere`` names tests that hold a rule and carry no number of it, as "path::name" from the root of the
    repository; ``not_applicable`` says of rules that no test holds why not, ``remarks`` what a rule asks for beyond its
    tests.
    """

    rules: Mapping[int, str]
    rooms: tuple[Path, ...]
    base: Path
    page: Path
    introduction: str
    elsewhere: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    not_applicable: Mapping[int, str] = field(default_factory=dict)
    remarks: Mapping[int, str] = field(default_factory=dict)

    @cached_property
    def holders(self) -> dict[int, list[str]]:
        """The tests that hold each rule, as "path::name"."""
        found: dict[int, list[str]] = defaultdict(list)
        for room in self.rooms:
            for path in sorted(room.rglob("test_*.py")):
                for name in functions_of(path):
                    if match := NAME.fullmatch(name):
                        found[int(match.group(1))].append(f"{path.relative_to(self.base)}::{name}")
        for number, tests in self.elsewhere.items():
            found[number] += tests
        return dict(found)

    def unknown(self) -> list[str]:
        """Names in ``elsewhere`` of tests that there are not."""
        return [
            each
            for tests in self.elsewhere.values()
            for each in tests
            if not (ROOT / each.partition("::")[0]).is_file()
            or each.partition("::")[2] not in functions_of(ROOT / each.partition("::")[0])
        ]

    def table(self) -> str:
        """The page as it should be."""
        lines = [
            "# Which test holds which rule",
            "",
            self.introduction,
            "",
            "| | rule | held by |",
            "|---|---|---|",
        ]
        for number, rule in self.rules.items():
            held = [f"`{name}`" for name in sorted(self.holders.get(number, []))]
            said = [book[number] for book in (self.not_applicable, self.remarks) if number in book]
            lines.append(f"| {number} | {rule} | {'<br>'.join(held + said)} |")
        return "\n".join(lines) + "\n"


def functions_of(path: Path) -> list[str]:
    return [node.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)]
