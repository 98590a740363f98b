"""`manage.py numerology_vectors`."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

SHIPPED = Path(__file__).parent.parent / "engine" / "tests" / "vectors.json"
RIGHT = {"id": "a1", "number": "life_path", "input": {"birth_date": "1962-07-03"}, "expected": 1}
WRONG = RIGHT | {"id": "a2", "expected": 5, "method": "decoz"}
UNKNOWN = RIGHT | {"id": "a3", "number": "shoe_size"}


def run(path: Path) -> str:
    printed = StringIO()
    try:
        call_command("numerology_vectors", str(path), stdout=printed)
    except SystemExit as ended:
        return f"{printed.getvalue()}exit {ended.code}"
    return printed.getvalue()


def file(tmp_path: Path, document: Any) -> Path:
    path = tmp_path / "vectors.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def test_the_examples_we_ship_pass() -> None:
    assert run(SHIPPED) == "224 passed, 0 failed\n"


def test_mismatches_are_printed_with_their_trace(tmp_path: Path) -> None:
    lines = run(file(tmp_path, [RIGHT, WRONG, UNKNOWN])).splitlines()
    assert lines[0] == "a2: life_path by the method decoz: expected 5, calculated 1."
    assert lines[1].startswith("    {")
    assert json.loads(lines[1])["calculation"] == "7 + 3 + 9 = 19 = 10 = 1"
    assert lines[2:] == ["a3: No number is known by the name 'shoe_size'.", "1 passed, 2 failed", "exit 1"]


def test_an_object_with_a_list_is_read_too(tmp_path: Path) -> None:
    assert run(file(tmp_path, {"vectors": [RIGHT]})) == "1 passed, 0 failed\n"


@pytest.mark.parametrize("text", ["{", "5", "\udcff"], ids=["no_json", "no_list", "no_text"])
def test_a_file_that_holds_no_vectors_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "vectors.json"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(CommandError, match="cannot be read as vectors"):
        run(path)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read as vectors"):
        run(tmp_path / "none.json")
