import re

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from accounts.models import User
from notifications.broadcasts import running
from notifications.models import Broadcast, Notification

LIST = "admin:notifications_broadcast_changelist"
ANNOUNCE = "admin:notifications_broadcast_announce"
SAID = {"audience": "everybody", "title": "A new page", "message": "Have a look at it.", "action_url": "/news"}


@pytest.fixture
def desk(operator: User) -> Client:
    client = Client()
    client.force_login(operator)
    return client


def hidden(content: bytes, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', content.decode())
    return found[1] if found else ""


def test_an_announcement_is_tried_first_and_told_once(desk: Client, alice: User, operator: User) -> None:
    key = hidden(desk.get(reverse(ANNOUNCE)).content, "key")
    tried = desk.post(reverse(ANNOUNCE), SAID | {"key": key})
    assert tried.context["estimate"]["people"] == 2
    assert not Broadcast.objects.exists()
    confirmed = hidden(tried.content, "confirmed")
    other = desk.post(reverse(ANNOUNCE), SAID | {"key": key, "confirmed": confirmed, "title": "Another page"})
    assert (other.status_code, Broadcast.objects.count()) == (200, 0)
    for _ in range(2):
        assert desk.post(reverse(ANNOUNCE), SAID | {"key": key, "confirmed": confirmed}).status_code == 302
    made = Broadcast.objects.get()
    assert (made.audience, made.started_by) == (2, operator)
    running.run(made.pk)
    assert Notification.objects.get(recipient=alice).title == "A new page"
    page = desk.get(reverse(LIST))
    assert "100 %" in page.content.decode()


@pytest.mark.parametrize("wrong", [{"audience": "nobody"}, {"title": ""}, {"action_url": "javascript:x"}, {"key": "x"}])
def test_what_cannot_be_announced_is_refused(wrong: dict[str, str], desk: Client) -> None:
    answer = desk.post(reverse(ANNOUNCE), SAID | {"key": "0c7d2f0e-9a4b-4f6d-8b1a-2c3d4e5f6a7b"} | wrong)
    assert (answer.status_code, "estimate" in answer.context) == (200, False)
    assert not Broadcast.objects.exists()


def test_operators_alone_are_told_what_is_for_them(desk: Client, alice: User) -> None:
    key = "0c7d2f0e-9a4b-4f6d-8b1a-2c3d4e5f6a7b"
    tried = desk.post(reverse(ANNOUNCE), SAID | {"key": key, "audience": "staff"})
    assert tried.context["estimate"]["people"] == 1


def test_a_broadcast_is_cancelled_and_gone_on_with_from_the_list(desk: Client) -> None:
    rows = [
        Broadcast.objects.create(kind="sample.note", priority="low", dedupe_key=state, state=state)
        for state in ("waiting", "failed")
    ]
    desk.post(reverse(LIST), {"action": "go_on", "_selected_action": [row.pk for row in rows]})
    assert set(Broadcast.objects.values_list("state", flat=True)) == {"waiting"}
    desk.post(reverse(LIST), {"action": "cancel", "_selected_action": [rows[0].pk]})
    assert list(Broadcast.objects.order_by("id").values_list("state", flat=True)) == ["cancelled", "waiting"]


def test_whoever_may_only_look_starts_and_stops_nothing(alice: User) -> None:
    alice.is_staff = True
    alice.save()
    alice.user_permissions.add(Permission.objects.get(codename="view_broadcast"))
    client = Client()
    client.force_login(alice)
    row = Broadcast.objects.create(kind="sample.note", priority="low", dedupe_key="x")
    assert client.get(reverse(LIST)).status_code == 200
    assert client.post(reverse(ANNOUNCE), SAID).status_code == 403
    client.post(reverse(LIST), {"action": "cancel", "_selected_action": [row.pk]})
    assert Broadcast.objects.get().state == "waiting"
