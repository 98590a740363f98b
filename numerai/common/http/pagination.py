"""Lists as the contract has them.

A "page" is ``{count, next, previous, results}``, asked for with ``?page=`` and ``?page_size=``. An "array" is a bare
JSON array, asked for with ``?limit=`` and ``?cursor=``; its ``Link`` header leads on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.db.models import Model, Q, QuerySet
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.utils.urls import remove_query_param, replace_query_param

from numerai.common.errors import NotFound, ValidationFailed

DEFAULT_SIZE = 20
LARGEST_SIZE = 100
DEFAULT_LIMIT = 100
LARGEST_LIMIT = 200
FARTHEST_ROW = 2**31
NUMBER = {"type": "integer", "minimum": 1}
PARAMETERS = [
    OpenApiParameter("page", NUMBER, description="From 1; 404 past the last one."),
    OpenApiParameter("page_size", NUMBER, description=f"{DEFAULT_SIZE} if absent; at most {LARGEST_SIZE} are given."),
]
ARRAY_PARAMETERS = [
    OpenApiParameter("limit", NUMBER, description=f"{DEFAULT_LIMIT} if absent; at most {LARGEST_LIMIT} are given."),
    OpenApiParameter("cursor", str, description="Where to go on: the one in the `Link` header with `rel=next`."),
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


def numbered_body(page: PageRequest, count: int, results: Sequence[Any]) -> dict[str, Any]:
    """As ``page_body`` for lists that the contract gives a number instead of links."""
    if not results and page.number > 1:
        raise NotFound
    return {"count": count, "page": page.number, "page_size": page.size, "results": results}


def array_of(
    request: Request, rows: "QuerySet[Any, Any]", *, by: str = "-created_at"
) -> tuple[list[Any], dict[str, str]]:
    """The rows the query asks for, in one query, and the headers that say where the rest is.

    ``by`` is the column that orders them, with "-" for the largest first; it holds no NULL, and the key decides between
    equals. Raises ValidationFailed for a limit that is none and for a cursor that is not ours.
    """
    limit = min(_positive(request.query_params.get("limit") or str(DEFAULT_LIMIT)), LARGEST_LIMIT)
    if limit == 0:
        raise ValidationFailed("Enter a whole number from 1 on.", field="limit")
    column, sign = by.removeprefix("-"), "-" if by.startswith("-") else ""
    signer = signing.Signer(salt=f"cursor {rows.model._meta.label} {by}")
    if given := request.query_params.get("cursor"):
        rows = rows.filter(_beyond(signer, given, column, "lt" if sign else "gt"))
    found: list[Any] = list(rows.order_by(by, f"{sign}pk")[: limit + 1])
    if len(found) <= limit:
        return found, {}
    url = replace_query_param(request.build_absolute_uri(), "cursor", _cursor(signer, found[limit - 1], column))
    return found[:limit], {"Link": f'<{url}>; rel="next"'}


def _cursor(signer: signing.Signer, row: Model, column: str) -> str:
    value = getattr(row, column)
    place = [value.isoformat() if hasattr(value, "isoformat") else value, str(row.pk)]
    return signer.sign_object(place, compress=True)


def _beyond(signer: signing.Signer, cursor: str, column: str, lookup: str) -> Q:
    try:
        value, key = signer.unsign_object(cursor)
    except signing.BadSignature:
        raise ValidationFailed("Take the cursor from the Link header.", field="cursor") from None
    return Q(**{f"{column}__{lookup}": value}) | Q(**{column: value, f"pk__{lookup}": key})


def _link_to(url: str, number: int) -> str:
    return remove_query_param(url, "page") if number == 1 else replace_query_param(url, "page", number)


def _positive(text: str) -> int:
    """The number that ``text`` writes in digits; 0 for whatever is none, or too large for anything."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
