"""Filters that ask no table what may be chosen: among a million rows that would be slower than the page."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from numerology.engine import VERSION


def number_in(column: str, title: str, values: Iterable[int]) -> type[admin.SimpleListFilter]:
    """Rows that have one of ``values`` in ``column``."""
    known = [str(value) for value in values]

    class Chosen(admin.SimpleListFilter):
        def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
            return [(value, value) for value in known]

        def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
            return queryset.filter(**{column: self.value()}) if self.value() in known else queryset

    Chosen.title, Chosen.parameter_name = title, f"{column}__exact"
    return Chosen


class EngineFilter(admin.SimpleListFilter):
    """Whether the engine of today calculated it."""

    title = "engine"
    parameter_name = "engine"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("current", f"version {VERSION}"), ("older", "an older one")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        match self.value():
            case "current":
                return queryset.filter(engine_version=VERSION)
            case "older":
                return queryset.filter(engine_version__lt=VERSION)
            case _:
                return queryset
