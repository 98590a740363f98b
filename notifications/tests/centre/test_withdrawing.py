"""Rule 9: what a notification told of is gone."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from accounts.models import User
from conftest import Api
from dev.mailbox import Mailbox
from notifications import kinds
from notifications.deliveries import dispatch
from notifications.kinds import NoLongerNeeded
from notifications.models import Delivery, LiveEvent, Notification
from notifications.services import notify, withdraw
from notifications.tests.conftest import PLAN_CHANGED, Tell, email_delivery

LIST = "/api/v1/notifications/"


def gone(user_id: UUID, context: dict[str, Any]) -> dict[str, Any]:
    raise NoLongerNeeded


def mail_state(made: Notification) -> tuple[str, str]:
    delivery = made.deliveries.get(channel="email")
    return delivery.status, delivery.reason


def test_rule_09_its_owner_withdraws_it(alice: User, bob: User, api: Api) -> None:
    made = notify(user=alice, kind="sample.plan_changed", context={"plan": "x"}, dedupe_key="order:1")
    other = notify(user=bob, kind="sample.plan_changed", context={"plan": "x"}, dedupe_key="order:1")
    assert withdraw(user_id=alice.pk, dedupe_key="order:1")
    assert api(alice).get(LIST).json()["results"] == []
    assert mail_state(made) == ("cancelled", "source_gone")
    (event,) = LiveEvent.objects.filter(user=alice)
    assert (event.event_type, event.data["ids"]) == ("deleted", [str(made.public_id)])
    assert api(bob).get(LIST).json()["results"][0]["id"] == str(other.public_id)
    assert mail_state(other)[0] == "pending"
    assert not withdraw(user_id=alice.pk, dedupe_key="order:1")
    assert LiveEvent.objects.filter(user=alice).count() == 1
    notify(user=alice, kind="sample.plan_changed", context={"plan": "x"}, dedupe_key="order:1")
    assert api(alice).get(LIST).json()["results"] == []


def test_rule_09_what_has_arrived_stays_sent(alice: User) -> None:
    made = notify(user=alice, kind="sample.plan_changed", context={"plan": "x"}, dedupe_key="order:1")
    Delivery.objects.filter(notification=made, channel="email").update(status="sent", sent_at=made.created_at)
    assert withdraw(user_id=alice.pk, dedupe_key="order:1")
    assert mail_state(made) == ("sent", "")


def test_rule_09_what_is_not_in_the_centre_is_withdrawn_without_a_word(alice: User) -> None:
    kinds._kinds[PLAN_CHANGED.name] = replace(PLAN_CHANGED, channels=("email",))
    made = notify(user=alice, kind="sample.plan_changed", context={"plan": "x"}, dedupe_key="order:1")
    assert withdraw(user_id=alice.pk, dedupe_key="order:1")
    assert mail_state(made) == ("cancelled", "source_gone")
    assert not LiveEvent.objects.exists()


@pytest.mark.parametrize("in_centre", [True, False], ids=["in the centre", "by mail alone"])
def test_rule_09_found_out_when_it_was_to_be_sent(
    alice: User, api: Api, mailbox: Mailbox, tell: Tell, in_centre: bool
) -> None:
    kind = replace(PLAN_CHANGED, resolve_context=gone, channels=("in_app", "email") if in_centre else ("email",))
    kinds._kinds[kind.name] = kind
    tell(alice, "stays")
    delivery = email_delivery(alice)
    dispatch.deliver(delivery.pk)
    delivery.refresh_from_db()
    assert (delivery.status, delivery.reason, mailbox.messages()) == ("cancelled", "source_gone", [])
    assert [row["title"] for row in api(alice).get(LIST).json()["results"]] == ["stays"]
    assert (Notification.objects.get(pk=delivery.notification_id).deleted_at is not None) == in_centre
