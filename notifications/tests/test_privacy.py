import json

from accounts.models import User
from notifications.broadcasts import running
from notifications.broadcasts.services import notify_many
from notifications.centre import services
from notifications.destinations import services as services_of_devices
from notifications.models import BroadcastBatch, Delivery, Notification
from notifications.services import notify
from notifications.tests.conftest import Tell
from numerai.common import privacy


def holding() -> privacy.Holding:
    return next(each for each in privacy.holdings() if each.app == "notifications")


def test_a_person_takes_along_all_they_were_told(alice: User, bob: User, tell: Tell) -> None:
    read = tell(alice, "read")
    services.act(user_id=alice.pk, public_id=read.public_id, action=services.Action.READ)
    deleted = tell(alice, "deleted")
    services.act(user_id=alice.pk, public_id=deleted.public_id, action=services.Action.DELETE)
    notify(user=alice, kind="sample.plan_changed", context={"plan": "elite"})
    tell(bob, "his")
    exported = json.loads(json.dumps(holding().export(alice.pk)))["notifications"]
    assert [row["title"] for row in exported] == ["read", "deleted", "Alice Marie Johnson, your plan is elite"]
    assert exported[0]["read_at"] is not None
    assert exported[1]["deleted_at"] is not None
    assert exported[2]["data"] == {"plan": "elite"}
    assert {(each["channel"], each["destination"], each["status"]) for each in exported[2]["deliveries"]} == {
        ("in_app", "", "delivered"),
        ("email", "alice@example.com", "pending"),
    }


def test_a_person_takes_along_their_devices_without_what_reaches_them(alice: User, bob: User) -> None:
    for person in (alice, bob):
        services_of_devices.register(
            user=person, channel="mobile_push", address={"token": f"of {person.full_name}"}, name=person.full_name
        )
    exported = json.dumps(holding().export(alice.pk))
    assert [row["name"] for row in json.loads(exported)["notification_destinations"]] == [alice.full_name]
    assert f"of {alice.full_name}" not in exported


def test_exporting_costs_the_same_for_many(alice: User, tell: Tell, django_assert_num_queries: object) -> None:
    for number in range(5):
        tell(alice, str(number))
    with django_assert_num_queries(6):  # type: ignore[operator]
        holding().export(alice.pk)


def test_erasing_leaves_nothing_of_the_person_and_all_of_others(alice: User, bob: User, tell: Tell) -> None:
    notify(user=alice, kind="sample.plan_changed", context={"plan": "elite"})
    tell(alice)
    kept = tell(bob)
    assert {name: rows for name, rows in holding().erase(alice.pk).items() if rows} == {
        "notifications": 2,
        "deliveries": 3,
    }
    assert not any(holding().erase(alice.pk).values())
    assert list(Notification.objects.all()) == [kept]
    assert Delivery.objects.filter(notification=kept).count() == Delivery.objects.count()


def test_who_is_erased_is_on_no_list_of_a_broadcast(alice: User, bob: User) -> None:
    for key, people in (("both", [alice, bob]), ("her", [alice])):
        query = User.objects.filter(pk__in=[person.pk for person in people])
        notify_many(query, kind="sample.note", context={"text": "x"}, dedupe_key=key)
    assert holding().erase(alice.pk)["broadcast_batches"] == 2
    batches = BroadcastBatch.objects.order_by("id")
    assert [batch.people for batch in batches] == [[bob.pk], []]
    for batch in batches:
        running.run(batch.broadcast_id)
        batch.broadcast.refresh_from_db()
        assert batch.broadcast.state == "done"
    assert [row.recipient for row in Notification.objects.all()] == [bob]
