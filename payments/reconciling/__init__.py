"""Holding everything we keep against everything Stripe has, and mending what differs.

Events may be lost, and some are never made; only a comparison finds what no event told. A run goes through Stripe's
lists page by page, keeps its place in its row, and repairs through ``payments.sync`` alone.
"""

from payments.reconciling.asking import ask_for_run
from payments.reconciling.running import (
    ReconcileRunning,
    expected_objects,
    go_on,
    reconcile_everything,
    resume_abandoned_run,
    start_run,
)

__all__ = [
    "ReconcileRunning",
    "ask_for_run",
    "expected_objects",
    "go_on",
    "reconcile_everything",
    "resume_abandoned_run",
    "start_run",
]
