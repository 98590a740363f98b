"""Evaluate vectors and say which of them the engine does not give."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from numerology.engine.errors import EngineError
from numerology.engine.vectors.answers import Answer
from numerology.engine.vectors.asked import Asked
from numerology.engine.vectors.errors import VectorError
from numerology.engine.vectors.methods import MISPRINT
from numerology.engine.vectors.registry import answer


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A vector that failed: what is wrong in one sentence, and the traces of what was calculated."""

    vector: str
    sentence: str
    traces: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    passed: int
    mismatches: tuple[Mismatch, ...]

    @property
    def failed(self) -> int:
        return len(self.mismatches)


def vectors_in(document: object) -> list[Any]:
    """The vectors of a parsed file: a list, or an object that holds one. Raises VectorError."""
    if isinstance(document, dict):
        lists = (value for value in document.values() if isinstance(value, list))
        document = document.get("vectors") or next(lists, None)
    if not isinstance(document, list):
        raise VectorError("The file holds no list of vectors.")
    return document


def evaluate(vectors: Iterable[object]) -> Report:
    passed = 0
    mismatches = []
    for index, vector in enumerate(vectors, start=1):
        mismatch = mismatch_of(vector, name=f"vector {index}")
        if mismatch:
            mismatches.append(mismatch)
        else:
            passed += 1
    return Report(passed=passed, mismatches=tuple(mismatches))


def mismatch_of(vector: object, *, name: str = "vector") -> Mismatch | None:
    """None when the engine gives what the vector expects; for a misprint, when it does not."""
    if not isinstance(vector, Mapping) or "expected" not in vector:
        return Mismatch(vector=name, sentence="A vector is an object with number, input and expected.")
    name = str(vector.get("id") or name)
    expected = vector["expected"]
    try:
        asked = Asked.of(vector)
        found = answer(asked)
    except EngineError as error:
        return None if _expects(expected, error) else Mismatch(name, f"{error.code}: {error.message}")
    except VectorError as error:
        return Mismatch(name, str(error))
    misprint = MISPRINT in asked.method.words
    if found.matches(expected) is not misprint:
        return None
    return Mismatch(name, _sentence(vector, found, misprint=misprint), _traces(found))


def _expects(expected: object, error: EngineError) -> bool:
    return expected in (error.code, {"error": error.code})


def _sentence(vector: Mapping[str, Any], found: Answer, *, misprint: bool) -> str:
    wanted = "something other than " if misprint else ""
    way = f" by the method {vector['method']}" if vector.get("method") else ""
    return f"{vector['number']}{way}: expected {wanted}{_json(vector['expected'])}, calculated {_json(found.value)}."


def _traces(found: Answer) -> tuple[str, ...]:
    return tuple(_json(trace.to_dict()) for trace in found.traces)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
