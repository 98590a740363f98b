"""What the foundation itself shows to operators: the scheduler and the audit."""

from numerai.common.admin import audit, scheduler

__all__ = ["audit", "scheduler"]
