from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.http import HttpRequest


class FoundByAddress:
    """For admin classes of rows that name a person by id only: an e-mail address is looked up for its id first, so
    that the rows need not hold it."""

    def get_search_results(
        self, request: HttpRequest, queryset: "QuerySet[Any]", search_term: str
    ) -> tuple["QuerySet[Any]", bool]:
        named = search_term.strip()
        if "@" in named:
            person = get_user_model()._default_manager.filter(email__iexact=named).first()
            if person is None:
                return queryset.none(), False
            search_term = str(person.pk)
        found: tuple[QuerySet[Any], bool] = super().get_search_results(  # type: ignore[misc]
            request, queryset, search_term
        )
        return found
