"""What the other methods of a point of disagreement give, where they give something else."""

from __future__ import annotations

from collections.abc import Iterable

from numerology.engine.options import MasterPolicy
from numerology.engine.reduction import MASTERS, chain_of, root
from numerology.engine.result import Alternative


def other_policy(masters: MasterPolicy) -> MasterPolicy:
    return MasterPolicy.REDUCE if masters is MasterPolicy.KEEP else MasterPolicy.KEEP


def differing(value: int, others: Iterable[tuple[str, int]]) -> tuple[Alternative, ...]:
    """`others` are (method, value) pairs; those that give `value` as well are left out."""
    return tuple(
        [Alternative(method=method, value=other, root=root(other)) for method, other in others if other != value]
    )


def other_masters(chain: tuple[int, ...], masters: MasterPolicy, *, method: str = "{}") -> tuple[Alternative, ...]:
    """Masters kept instead of reduced, or the other way round; `method` names it around the policy."""
    if MASTERS.isdisjoint(chain):
        return ()
    policy = other_policy(masters)
    return differing(chain[-1], [(method.format(policy), chain_of(chain[0], policy)[-1])])
