"""Which rows of the list a request asks for, and the links to those around them.

By number as the contract has it, as far as rows are counted; ``next`` of the last numbered page goes on beside its last
row. Beside a row the way is as short from the hundred thousandth as from the first, and what arrives meanwhile shifts
nothing.
"""

from typing import Any
from uuid import UUID

from rest_framework.request import Request
from rest_framework.utils.urls import remove_query_param, replace_query_param

from notifications.centre.listing import Direction, Filters, Listed, Place, listed
from notifications.centre.selectors import COUNT_CAP
from notifications.channels.base import Recipient
from numerai.common.errors import NotFound, ValidationFailed
from numerai.common.http.pagination import PageRequest, page_body, requested_page

TOO_FAR = f"Pages end after {COUNT_CAP} notifications; the link `next` of the last one goes on."
PLACES = ("page", *Direction)


def page_of(request: Request, reader: Recipient, filters: Filters, beside: dict[Direction, UUID]) -> dict[str, Any]:
    """The body of the answer. Raises NotFound for a page that is not there and for a place beside what is not the
    reader's, ValidationFailed for two places at once."""
    page = requested_page(request)
    given = [name for name in PLACES if request.query_params.get(name)]
    if len(given) > 1:
        raise ValidationFailed("Name one place: a page, or the row before or after it.", field=given[-1])
    for direction, public_id in beside.items():
        place = Place(page.size, beside=public_id, direction=direction)
        return _beside(request, direction, listed(reader, filters, place))
    return _numbered(request, page, listed(reader, filters, _numbered_place(page)))


def _numbered_place(page: PageRequest) -> Place:
    if page.offset >= COUNT_CAP:
        raise NotFound(TOO_FAR)
    return Place(page.size, offset=page.offset)


def _numbered(request: Request, page: PageRequest, found: Listed) -> dict[str, Any]:
    body = page_body(request, page, found.count, found.rows)
    if found.has_more and body["next"] is None:
        body["next"] = _link(request, Direction.BEFORE, found.rows[-1]["id"])
    return body | {"count_capped": found.capped}


def _beside(request: Request, direction: Direction, found: Listed) -> dict[str, Any]:
    """Where we came from there is more, at least the row that was named, unless it was deleted since."""
    older = newer = None
    if found.rows and (found.has_more or direction == Direction.AFTER):
        older = _link(request, Direction.BEFORE, found.rows[-1]["id"])
    if found.rows and (found.has_more or direction == Direction.BEFORE):
        newer = _link(request, Direction.AFTER, found.rows[0]["id"])
    return {
        "count": found.count,
        "next": older,
        "previous": newer,
        "results": found.rows,
        "count_capped": found.capped,
    }


def _link(request: Request, direction: Direction, public_id: str) -> str:
    url = request.build_absolute_uri()
    for name in PLACES:
        url = remove_query_param(url, name)
    return str(replace_query_param(url, direction, public_id))
