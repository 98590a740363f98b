"""Whatever a person does, in whatever order, the badge and the list agree."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from conftest import Api
from notifications.centre import selectors
from notifications.models import Notification
from notifications.services import notify
from numerai.common import clock

LIST = "/api/v1/notifications/"
POSITIONS = st.integers(min_value=0, max_value=5)
STEPS = st.one_of(
    st.tuples(st.just("create"), st.sampled_from(["info", "payment"])),
    st.tuples(st.just("create"), st.sampled_from(["info", "payment"])),
    st.tuples(st.just("read"), POSITIONS),
    st.tuples(st.just("delete"), POSITIONS),
    st.tuples(st.just("expire"), POSITIONS),
    st.tuples(st.just("read_all"), st.sampled_from(["", "info", "payment"])),
    st.tuples(st.just("read_up_to"), POSITIONS),
)


class Centre:
    """A person at the centre, and what should stand there by plain reasoning over a list."""

    def __init__(self, user: User, client: Any) -> None:
        self.user, self.client = user, client
        self.rows: list[dict[str, Any]] = []

    def take(self, step: tuple[str, Any]) -> None:
        name, argument = step
        if name == "create":
            kind, context = {"info": ("sample.note", {"text": "x"}), "payment": ("sample.plan_changed", {"plan": "x"})}[
                argument
            ]
            made = notify(user=self.user, kind=kind, context=context)
            self.rows.append({"id": str(made.public_id), "type": argument, "read": False, "gone": False})
        elif name == "read_all":
            self._mark([row for row in self.rows if argument in ("", row["type"])])
            assert self.client.post(f"{LIST}read-all/", {"type": argument}).status_code == 200
        elif argument < len(self.rows):
            getattr(self, f"_{name}")(argument)

    def _read(self, position: int) -> None:
        row = self.rows[position]
        response = self.client.post(f"{LIST}{row['id']}/read/")
        assert response.status_code == (404 if row["gone"] else 200)
        self._mark([row])

    def _delete(self, position: int) -> None:
        row = self.rows[position]
        response = self.client.delete(f"{LIST}{row['id']}/")
        assert response.status_code == (404 if row["gone"] else 204)
        row["gone"] = True

    def _expire(self, position: int) -> None:
        past = clock.now() - timedelta(seconds=1)
        Notification.objects.filter(public_id=self.rows[position]["id"]).update(expires_at=past)
        self.rows[position]["gone"] = True

    def _read_up_to(self, position: int) -> None:
        self._mark(self.rows[: position + 1])
        assert self.client.post(f"{LIST}read-all/", {"up_to_id": self.rows[position]["id"]}).status_code == 200

    def _mark(self, rows: list[dict[str, Any]]) -> None:
        for row in rows:
            row["read"] = row["read"] or not row["gone"]

    def expected(self) -> list[str]:
        return [row["id"] for row in reversed(self.rows) if not row["read"] and not row["gone"]]


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(STEPS, max_size=12))
def test_the_count_is_the_length_of_the_unread_list(bob: User, api: Api, steps: list[tuple[str, Any]]) -> None:
    Notification.objects.all().delete()
    centre = Centre(bob, api(bob))
    for step in [("create", "info"), ("create", "payment"), ("create", "info"), *steps]:
        centre.take(step)
        listed = centre.client.get(LIST, {"unread": "true", "page_size": 100}).json()
        count = centre.client.get(f"{LIST}unread-count/").json()["count"]
        assert [row["id"] for row in listed["results"]] == centre.expected()
        assert count == listed["count"] == len(centre.expected()) == selectors.unread_count(bob.pk).count
