"""People, their profiles, sessions and codes, for operators."""

from accounts.admin import people, sign_ins

__all__ = ["people", "sign_ins"]
