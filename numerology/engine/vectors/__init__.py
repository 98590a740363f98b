"""Published worked examples, evaluated: one number of one person or date each, with the method and what it gives.

A vector is an object with `number`, `input` and `expected`; `method` names the options it needs. `mainstream: true`
says that the default must give it, and the method `misprint` that the source is wrong: the engine must differ.
"""

from numerology.engine.vectors.errors import VectorError
from numerology.engine.vectors.runner import Mismatch, Report, evaluate, mismatch_of, vectors_in

__all__ = ["Mismatch", "Report", "VectorError", "evaluate", "mismatch_of", "vectors_in"]
