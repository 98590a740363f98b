"""Maturity: Life Path and Destiny added, with the masters they have."""

from __future__ import annotations

from functools import lru_cache

from numerology.engine.alternatives import differing
from numerology.engine.options import MasterPolicy, MaturityMethod
from numerology.engine.reduction import chain_of, root
from numerology.engine.result import NumberResult, Position, part


@lru_cache(maxsize=512)
def maturity(life_path: int, destiny: int, *, method: MaturityMethod = MaturityMethod.VALUES) -> NumberResult:
    """Both arguments are final values: 11 + 5 = 16 = 7. Adding the roots gives the same root, not the same master."""
    if method is MaturityMethod.ROOTS:
        policy, other, other_sum = MasterPolicy.REDUCE, MaturityMethod.VALUES, life_path + destiny
    else:
        policy, other, other_sum = MasterPolicy.KEEP, MaturityMethod.ROOTS, root(life_path) + root(destiny)
    components = (
        part("life_path", *chain_of(life_path, policy)),
        part("destiny", *chain_of(destiny, policy)),
    )
    chain = chain_of(components[0].value + components[1].value, MasterPolicy.KEEP)
    return NumberResult(
        position=Position.MATURITY,
        value=chain[-1],
        root=root(chain[-1]),
        chain=chain,
        components=components,
        method=method,
        alternatives=differing(chain[-1], [(other, chain_of(other_sum, MasterPolicy.KEEP)[-1])]),
    )
