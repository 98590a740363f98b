"""The sizes and names of docs/architecture.md, held by counting."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
ROOMS = ("numerai", "accounts", "payments", "notifications", "numerology", "dev", "bench")
FUNCTION_LINES = 40
FILE_LINES = 300
PACKAGE_MODULES = 12
BANNED = {"utils.py", "helpers.py", "misc.py"}


def sources() -> Iterator[Path]:
    for room in ROOMS:
        yield from (path for path in (ROOT / room).rglob("*.py") if "migrations" not in path.parts)


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_functions_are_short() -> None:
    long = [
        f"{name(path)}:{node.lineno} {node.name} has {node.end_lineno - node.lineno + 1} lines"
        for path in sources()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno + 1 > FUNCTION_LINES
    ]
    assert not long, "\n".join(long)


def test_files_are_short() -> None:
    long = [
        f"{name(path)} has {lines} lines"
        for path in sources()
        if (lines := len(path.read_text().splitlines())) > FILE_LINES and "tests" not in path.parts
    ]
    assert not long, "\n".join(long)


def test_packages_are_small() -> None:
    crowded = [
        f"{name(package)} holds {len(modules)} modules"
        for package in {path.parent for path in sources()}
        if package.name != "tests"
        and len(modules := [path for path in package.glob("*.py") if path.name != "__init__.py"]) > PACKAGE_MODULES
    ]
    assert not crowded, "\n".join(crowded)


def test_names_say_what_is_inside() -> None:
    vague = [name(path) for path in sources() if path.name in BANNED or path.stem.endswith(("_v2", "_new", "_old"))]
    assert not vague
