"""Examples worked out on paper: known birth dates, masters in every place, debts, the letter Y, leap days, bounds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from numerology.engine.tests.test_vectors import altered, identity
from numerology.engine.vectors import mismatch_of

VECTORS: list[dict[str, Any]] = json.loads((Path(__file__).parent / "vectors_by_hand.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("vector", VECTORS, ids=identity)
def test_the_engine_gives_what_was_worked_out(vector: dict[str, Any]) -> None:
    assert mismatch_of(vector) is None
    assert mismatch_of(dict(vector, expected=altered(vector["expected"]))) is not None


def test_every_example_has_a_name_of_its_own() -> None:
    assert len({vector["id"] for vector in VECTORS}) == len(VECTORS) == 185
