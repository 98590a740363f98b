"""The contract's "page": ``{count, next, previous, results}``, asked for with ``?page=`` and ``?page_size=``."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.utils.urls import remove_query_param, replace_query_param

from numerai.common.errors import NotFound, ValidationFailed

DEFAULT_SIZE = 20
LARGEST_SIZE = 100
FARTHEST_ROW = 2**31
NUMBER = {"type": "integer", "minimum": 1}
PARAMETERS = [
    OpenApiParameter("page", NUMBER, description="From 1; 404 past the last one."),
    OpenApiParameter("page_size", NUMBER, description=f"{DEFAULT_SIZE} if absent; at most {LARGEST_SIZE} are given."),
]


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Page ``number``, from 1, of at most ``size`` rows."""

    number: int = 1
    size: int = DEFAULT_SIZE

    @property
    def offset(self) -> int:
        return (self.number - 1) * self.size


def requested_page(request: Request) -> PageRequest:
    """What the query asks for, "" being the default. Raises NotFound for a page that cannot be, ValidationFailed for a
    size that is none."""
    parameters = request.query_params
    if not parameters:
        return PageRequest()
    size = _positive(parameters.get("page_size") or str(DEFAULT_SIZE))
    if size == 0:
        raise ValidationFailed("Enter a whole number from 1 on.", field="page_size")
    page = PageRequest(_positive(parameters.get("page") or "1"), min(size, LARGEST_SIZE))
    if page.number == 0 or page.offset > FARTHEST_ROW:
        raise NotFound
    return page


def page_of(request: Request, rows: "QuerySet[Any, Any]") -> tuple[PageRequest, int, list[Any]]:
    """The page the query asks for, how many rows there are in all, and those of the page, in two queries."""
    page = requested_page(request)
    return page, rows.count(), list(rows[page.offset : page.offset + page.size])


def page_body(request: Request, page: PageRequest, count: int, results: Sequence[Any]) -> dict[str, Any]:
    """The answer's body. Raises NotFound past the last page; the first one may be empty."""
    if not results and page.number > 1:
        raise NotFound
    has_next = page.offset + len(results) < count
    is_first = page.number == 1
    url = request.build_absolute_uri() if has_next or not is_first else ""
    return {
        "count": count,
        "next": replace_query_param(url, "page", page.number + 1) if has_next else None,
        "previous": None if is_first else _link_to(url, page.number - 1),
        "results": results,
    }


def _link_to(url: str, number: int) -> str:
    return remove_query_param(url, "page") if number == 1 else replace_query_param(url, "page", number)


def _positive(text: str) -> int:
    """The number that ``text`` writes in digits; 0 for whatever is none, or too large for anything."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
