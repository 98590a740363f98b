"""What the foundation itself shows to operators: the scheduler, the audit and its seals."""

from numerai.common.admin import audit, scheduler, seals

__all__ = ["audit", "scheduler", "seals"]
