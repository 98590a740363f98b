"""Every published worked example of vectors.json.

`mainstream` examples must come out by default, the others by the method they name. A `misprint` is an arithmetic
error in the source: the engine must differ from it.
"""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from numerology.engine.options import LifePathMethod
from numerology.engine.reduction import root
from numerology.engine.vectors import evaluate, mismatch_of

Vector = dict[str, Any]

VECTORS: list[Vector] = json.loads((Path(__file__).parent / "vectors.json").read_text(encoding="utf-8"))
NAMED = [vector for vector in VECTORS if not vector["mainstream"] and vector["method"] != "misprint"]


def identity(vector: Vector) -> str:
    return str(vector["id"])


@pytest.mark.parametrize("vector", VECTORS, ids=identity)
def test_published_example(vector: Vector) -> None:
    assert mismatch_of(vector) is None


@pytest.mark.parametrize("vector", [v for v in VECTORS if "full_name" in v["input"]], ids=identity)
def test_decomposed_spelling_gives_the_same(vector: Vector) -> None:
    given = dict(vector["input"], full_name=unicodedata.normalize("NFD", vector["input"]["full_name"]))
    assert mismatch_of(dict(vector, input=given)) is None


def altered(expected: Any) -> Any:
    """Something that is not expected, of the same kind."""
    if expected is None:
        return 1
    if isinstance(expected, int):
        return expected + 1
    if isinstance(expected, str):
        return f"{expected}x"
    if isinstance(expected, list):
        return [*expected[:-1], altered(expected[-1])] if expected else [1]
    key = sorted(expected)[-1]
    return {**expected, key: altered(expected[key])}


@pytest.mark.parametrize("vector", VECTORS, ids=identity)
def test_no_example_passes_with_another_result(vector: Vector) -> None:
    if vector["method"] == "misprint":
        assert mismatch_of(dict(vector, method="decoz")) is not None
    else:
        assert mismatch_of(dict(vector, expected=altered(vector["expected"]))) is not None


@pytest.mark.parametrize("vector", [v for v in VECTORS if v["method"] == "misprint"], ids=identity)
def test_a_misprint_fails_with_the_right_result(vector: Vector) -> None:
    right = {"v113": 1, "v238": [6, 1, 5, 5], "v299": 22}[vector["id"]]
    assert mismatch_of(dict(vector, method="decoz", expected=right)) is None
    mismatch = mismatch_of(dict(vector, expected=right))
    assert mismatch is not None
    assert "expected something other than" in mismatch.sentence


def test_every_named_method_is_an_option_of_its_own() -> None:
    """Each alternative method has an example that the default method does not give."""
    distinguished = {vector["method"] for vector in NAMED if mismatch_of(dict(vector, mainstream=True, method="decoz"))}
    named = {vector["method"] for vector in NAMED}
    # The published examples of these agree with the default. The tests of these numbers have some that do not.
    assert named - distinguished == {
        LifePathMethod.DAY_MONTH_WHOLE_YEAR_DIGITS.value,
        "cheiro_sum_of_roots",
        "lunar_new_year_no_5_rule",
    }


def test_methods_shown_as_variants_share_the_root_where_the_rule_says_so() -> None:
    shared = [v for v in NAMED if v["method"] in {"all_letters", "no_master"} and v["number"] == "expression"]
    assert shared
    for vector in shared:
        by_default = dict(vector, mainstream=True, number="expression_root", expected=root(vector["expected"]))
        assert mismatch_of(by_default) is None


def test_the_whole_file_passes() -> None:
    report = evaluate(VECTORS)
    assert (report.passed, report.mismatches) == (224, ())
    assert len({vector["id"] for vector in VECTORS}) == 224
    assert {vector["kind"] for vector in VECTORS} == {"published", "derived"}
    assert all(vector["source"] for vector in VECTORS)
