"""Whatever a person does, in whatever order, the badge and the list agree."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from accounts.models import User
from conftest import Api
from notifications.centre import selectors
from notifications.cleaning import clean
from notifications.models import Delivery, Notification
from notifications.services import notify
from numerai.common import clock

LIST = "/api/v1/notifications/"
POSITIONS = st.integers(min_value=0, max_value=5)
STEPS = st.one_of(
    st.tuples(st.just("create"), st.sampled_from(["info", "payment"])),
    st.tuples(st.just("create"), st.sampled_from(["info", "payment"])),
    st.tuples(st.just("read"), POSITIONS),
    st.tuples(st.just("delete"), POSITIONS),
    st.tuples(st.just("unread"), POSITIONS),
    st.tuples(st.just("archive"), POSITIONS),
    st.tuples(st.just("unarchive"), POSITIONS),
    st.tuples(
        st.just("bulk"),
        st.tuples(
            st.sampled_from(["read", "unread", "archive", "unarchive", "delete"]), st.sets(POSITIONS, min_size=1)
        ),
    ),
    st.tuples(st.just("expire"), POSITIONS),
    st.tuples(st.just("clean"), POSITIONS),
    st.tuples(st.just("read_all"), st.sampled_from(["", "info", "payment"])),
    st.tuples(st.just("read_up_to"), POSITIONS),
)
CHANGES = {
    "read": ("read", True),
    "unread": ("read", False),
    "archive": ("archived", True),
    "unarchive": ("archived", False),
    "delete": ("gone", True),
}


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
            self.rows.append(
                {"id": str(made.public_id), "type": argument, "read": False, "archived": False, "gone": False}
            )
        elif name == "read_all":
            listed = [row for row in self.rows if argument in ("", row["type"])]
            self._answered(self.client.post(f"{LIST}read-all/", {"type": argument}), self._mark(listed))
        elif name == "bulk":
            self._bulk(*argument)
        elif argument >= len(self.rows):
            return
        elif name in CHANGES and name != "delete":
            row = self.rows[argument]
            response = self.client.post(f"{LIST}{row['id']}/{name}/")
            assert response.status_code == (404 if row["gone"] else 200)
            self._change(row, name)
        else:
            getattr(self, f"_{name}")(argument)

    def _bulk(self, action: str, positions: set[int]) -> None:
        named = [self.rows[position] for position in sorted(positions) if position < len(self.rows)]
        if named:
            response = self.client.post(f"{LIST}bulk/", {"action": action, "ids": [row["id"] for row in named]})
            self._answered(response, sum(self._change(row, action) for row in named))

    def _answered(self, response: Any, updated: int) -> None:
        assert response.status_code == 200, response.content
        assert response.json()["updated"] == updated
        assert response.json()["count"] == len(self.expected())

    def _clean(self, position: int) -> None:
        """A year later for one of them, which has been sent long ago."""
        row = self.rows[position]
        found = Notification.objects.filter(public_id=row["id"])
        if found.update(created_at=clock.now() - timedelta(days=400)):
            Delivery.objects.filter(notification__in=found).update(status="sent", sent_at=clock.now())
            clean()
            row["gone"] = True
            assert not found.exists()

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
        row = self.rows[position]
        exists = Notification.objects.filter(public_id=row["id"]).exists()
        response = self.client.post(f"{LIST}read-all/", {"up_to_id": row["id"]})
        if exists:
            self._answered(response, self._mark(self.rows[: position + 1]))
        else:
            assert response.status_code == 404

    def _change(self, row: dict[str, Any], action: str) -> bool:
        """Whether it changes anything."""
        name, value = CHANGES[action]
        changes = not row["gone"] and row[name] != value
        if changes:
            row[name] = value
        return changes

    def _mark(self, rows: list[dict[str, Any]]) -> int:
        return sum(self._change(row, "read") for row in rows if not row["archived"])

    def expected(self) -> list[str]:
        return [row["id"] for row in reversed(self.rows) if not (row["read"] or row["gone"] or row["archived"])]

    def archived(self) -> list[str]:
        return [row["id"] for row in reversed(self.rows) if row["archived"] and not row["gone"]]


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(STEPS, max_size=12))
@example(steps=[("read_up_to", 1), ("clean", 0), ("read_up_to", 0)])
def test_rule_74_the_count_is_the_length_of_the_unread_list(bob: User, api: Api, steps: list[tuple[str, Any]]) -> None:
    Notification.objects.all().delete()
    centre, version = Centre(bob, api(bob)), 0
    for step in [("create", "info"), ("create", "payment"), ("create", "info"), *steps]:
        centre.take(step)
        listed = centre.client.get(LIST, {"unread": "true", "page_size": 100}).json()
        archive = centre.client.get(LIST, {"archived": "true", "page_size": 100}).json()
        badge = centre.client.get(f"{LIST}unread-count/").json()
        assert [row["id"] for row in listed["results"]] == centre.expected()
        assert [row["id"] for row in archive["results"]] == centre.archived()
        assert badge["count"] == listed["count"] == len(centre.expected()) == selectors.unread_count(bob.pk).count
        assert badge["version"] >= version
        version = badge["version"]
