"""Every variable a deployment may set is explained, and every explained one is read."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(__file__).resolve().parent.parent.parent
CONFIGURATION = ROOT / "docs" / "configuration.md"
SETTINGS = sorted((ROOT / "numerai" / "settings").glob("*.py"))
PRODUCTION = [ROOT / "numerai" / "settings" / name for name in ("base.py", "social.py", "telling.py", "production.py")]
READERS = [*SETTINGS, *(ROOT / "dev").rglob("*.py"), *(ROOT / "deploy").iterdir(), ROOT / "compose.yaml"]


def reading_calls(source: Path) -> Iterator[tuple[str, ast.expr]]:
    """("env" or "required", first argument) for each call that reads a variable."""
    for node in ast.walk(ast.parse(source.read_text())):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        called = node.func
        if isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name) and called.value.id == "env":
            yield "env", node.args[0]
        elif isinstance(called, ast.Name) and called.id == "required":
            yield "required", node.args[0]


def names_in(argument: ast.expr) -> set[str]:
    if isinstance(argument, ast.Constant):
        return {str(argument.value)}
    if isinstance(argument, ast.JoinedStr) and isinstance(argument.values[0], ast.Constant):
        return {str(argument.values[0].value) + plan.upper() for plan in settings.STRIPE_PRICE_IDS}
    return set()


def read_by(sources: list[Path], *doors: str) -> set[str]:
    return {
        name
        for source in sources
        for door, argument in reading_calls(source)
        if door in doors
        for name in names_in(argument)
    }


@pytest.fixture(scope="module")
def table() -> dict[str, str]:
    """The table of variables: each with its last column."""
    rows = re.findall(r"^\| `([A-Z][A-Z0-9_]+)` \|.*\| ([^|]*) \|$", CONFIGURATION.read_text(), re.MULTILINE)
    return dict(rows)


@pytest.fixture(scope="module")
def template() -> set[str]:
    return set(re.findall(r"^#([A-Z][A-Z0-9_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))


def test_the_settings_are_read_at_all() -> None:
    assert {"SECRET_KEY", "STRIPE_PRICE_ID_ELITE", "DATABASE_URL", "SWEEP_SECONDS"} <= read_by(
        SETTINGS, "env", "required"
    )


def test_every_variable_is_in_the_table_and_in_the_template(table: dict[str, str], template: set[str]) -> None:
    read = read_by(SETTINGS, "env", "required")
    assert read - set(table) == set()
    assert read - template == set()


def test_the_table_and_the_template_name_the_same_variables(table: dict[str, str], template: set[str]) -> None:
    assert set(table) == template


def test_every_variable_read_outside_the_settings_is_explained() -> None:
    """A developer's tools and the image read the shell directly; the page names those in the table or below it."""
    tools = [path for path in (ROOT / "dev").rglob("*.py") if "tests" not in path.parts]
    reading = re.compile(r"""(?:configured|environ\.get|environment\.get|_port)\(\s*["']([A-Z][A-Z_]+)["']""")
    sources = [*tools, *(ROOT / "deploy").glob("*.py")]
    read = {name for source in sources for name in reading.findall(source.read_text())}
    named = set(re.findall(r"`([A-Z][A-Z0-9_]+)`", CONFIGURATION.read_text()))
    assert {"NUMERAI_LOCAL", "MAILBOX_DIR", "LOCAL_STRIPE_STORAGE", "WEB_THREADS"} <= read
    assert read - named == set()


def test_an_untouched_copy_of_the_template_sets_nothing() -> None:
    lines = (ROOT / ".env.example").read_text().splitlines()
    assert [line for line in lines if line and not line.startswith("#")] == []


def test_nothing_is_explained_that_nobody_reads(table: dict[str, str]) -> None:
    sources = "\n".join(reader.read_text() for reader in READERS if reader.is_file())
    read = read_by(SETTINGS, "env", "required")
    unread = [name for name in table if name not in read and not re.search(rf"\b{name}\b", sources)]
    assert unread == []


def test_what_production_requires_is_marked(table: dict[str, str]) -> None:
    marked = {name for name, production in table.items() if production == "required"}
    assert marked == read_by(PRODUCTION, "required")


def test_the_image_builds_with_every_required_variable() -> None:
    stated = set(re.findall(r"\b([A-Z][A-Z_]+)=", (ROOT / "Dockerfile").read_text()))
    assert read_by(PRODUCTION, "required") - stated == set()
