"""Bare arrays: bounded, and followed by their Link header to the last row."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import QuerySet
from pytest_django import DjangoAssertNumQueries
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from accounts.models import User
from notifications.models import Notification
from numerai.common import clock
from numerai.common.errors import ValidationFailed
from numerai.common.http.pagination import DEFAULT_LIMIT, LARGEST_LIMIT, array_of


def asked(**query: str | int) -> Request:
    return Request(APIRequestFactory().get("/rows/", query))


@pytest.fixture
def rows(alice: User) -> "QuerySet[Notification]":
    """Seven titled 0 to 6; the fourth and the fifth came at the same moment."""
    moments = [0, 1, 2, 3, 3, 5, 6]
    began = clock.now()
    for number, seconds in enumerate(moments):
        row = Notification.objects.create(
            recipient=alice, kind="sample.note", notification_type="info", title=str(number)
        )
        Notification.objects.filter(pk=row.pk).update(created_at=began + timedelta(seconds=seconds))
    return Notification.objects.filter(recipient=alice)


def walked(rows: "QuerySet[Notification]", *, by: str, limit: int) -> list[list[Any]]:
    pages, query = [], {"limit": str(limit), "kept": "x y"}
    while True:
        found, headers = array_of(asked(**query), rows, by=by)
        pages.append([row.title for row in found])
        if not headers:
            return pages
        link = re.fullmatch(r'<http://testserver/rows/\?(.+)>; rel="next"', headers["Link"])
        assert link is not None
        query = APIRequestFactory().get(f"/rows/?{link[1]}").GET.dict()
        assert (query["limit"], query["kept"]) == (str(limit), "x y")


@pytest.mark.parametrize("limit", [1, 2, 3, 4])
def test_every_row_comes_once_in_either_order(rows: "QuerySet[Notification]", limit: int) -> None:
    expected = [row.title for row in rows.order_by("created_at", "pk")]
    for by, order in (("created_at", expected), ("-created_at", expected[::-1]), ("title", sorted(expected))):
        pages = walked(rows, by=by, limit=limit)
        assert [title for page in pages for title in page] == order
        assert {len(page) for page in pages[:-1]} <= {limit}


def test_a_full_last_page_leads_nowhere(
    rows: "QuerySet[Notification]", django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        found, headers = array_of(asked(limit=7), rows)
    assert (len(found), headers) == (7, {})


def test_what_arrives_meanwhile_shifts_nothing(rows: "QuerySet[Notification]", alice: User) -> None:
    first, headers = array_of(asked(limit=3), rows)
    Notification.objects.create(recipient=alice, kind="sample.note", notification_type="info", title="new")
    rows.filter(pk=first[-1].pk).delete()
    query = APIRequestFactory().get(headers["Link"].split("<")[1].split(">")[0]).GET.dict()
    assert "new" not in [row.title for row in array_of(asked(**query), rows)[0]]
    assert len(array_of(asked(**query), rows, by="-created_at")[0]) == 3


@pytest.mark.parametrize("limit", ["0", "-1", "ten", "1.5", "²", "9" * 12])
def test_a_limit_that_is_none_is_refused(rows: "QuerySet[Notification]", limit: str) -> None:
    with pytest.raises(ValidationFailed) as refused:
        array_of(asked(limit=limit), rows)
    assert refused.value.field == "limit"


def test_cursors_are_our_own_and_of_the_same_order(rows: "QuerySet[Notification]") -> None:
    _, headers = array_of(asked(limit=3), rows, by="title")
    query = APIRequestFactory().get(headers["Link"].split("<")[1].split(">")[0]).GET.dict()
    for cursor in ("x", "\x00", query["cursor"][:-1], query["cursor"]):
        with pytest.raises(ValidationFailed) as refused:
            array_of(asked(cursor=cursor), rows)
        assert refused.value.field == "cursor"


def test_arrays_are_bounded(alice: User) -> None:
    Notification.objects.bulk_create(
        Notification(recipient=alice, kind="sample.note", notification_type="info", title="x")
        for _ in range(LARGEST_LIMIT + 1)
    )
    rows = Notification.objects.filter(recipient=alice)
    assert len(array_of(asked(), rows)[0]) == DEFAULT_LIMIT
    assert len(array_of(asked(limit=""), rows)[0]) == DEFAULT_LIMIT
    assert len(array_of(asked(limit=LARGEST_LIMIT + 1), rows)[0]) == LARGEST_LIMIT
