from typing import Any

from django.http import HttpRequest


class ReadOnly:
    """For admin classes of rows that are evidence: operators look at them, and nobody adds, changes or deletes one."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
