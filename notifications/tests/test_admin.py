import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from accounts.models import User
from dev.mailbox import Mailbox
from notifications.deliveries import dispatch
from notifications.models import Delivery
from notifications.tests.conftest import email_delivery
from notifications.vocabulary import DeliveryStatus, Reason

LISTS = ("admin:notifications_notification_changelist", "admin:notifications_delivery_changelist")


@pytest.fixture
def desk(operator: User) -> Client:
    client = Client()
    client.force_login(operator)
    return client


def test_operators_find_what_a_person_was_told(desk: Client, alice: User, bob: User) -> None:
    email_delivery(alice)
    email_delivery(bob)
    for name, search in zip(LISTS, ("Alice@Example.com", "alice@example.com"), strict=True):
        page = desk.get(reverse(name), {"q": search})
        assert page.status_code == 200
        assert page.context["cl"].result_count == 1


def test_a_notification_shows_its_deliveries_and_cannot_be_rewritten(desk: Client, alice: User) -> None:
    delivery = email_delivery(alice)
    page = desk.get(reverse("admin:notifications_notification_change", args=[delivery.notification_id]))
    assert page.status_code == 200
    assert "alice@example.com" in page.content.decode()
    assert desk.get(reverse("admin:notifications_notification_add")).status_code == 403
    for action in ("change", "delete"):
        url = reverse(f"admin:notifications_delivery_{action}", args=[delivery.pk])
        assert desk.post(url, {"status": "sent"}).status_code == 403
    delivery.refresh_from_db()
    assert delivery.status == DeliveryStatus.PENDING


def test_failed_deliveries_are_sent_again(desk: Client, alice: User, mailbox: Mailbox) -> None:
    delivery = email_delivery(alice)
    Delivery.objects.filter(pk=delivery.pk).update(status=DeliveryStatus.FAILED, reason=Reason.PROVIDER_PERMANENT)
    page = desk.post(reverse(LISTS[1]), {"action": "send_again", "_selected_action": [delivery.pk]}, follow=True)
    assert "1 of 1 will be sent again." in page.content.decode()
    dispatch.deliver(delivery.pk)
    assert len(mailbox.messages()) == 1


def test_whoever_may_only_look_sends_nothing_again(operator: User, alice: User) -> None:
    delivery = email_delivery(alice)
    rows = Delivery.objects.filter(pk=delivery.pk)
    rows.update(status=DeliveryStatus.FAILED, reason=Reason.PROVIDER_PERMANENT)
    operator.is_superuser = False
    operator.save()
    client = Client()
    client.force_login(operator)
    for permission, status in (("view_delivery", DeliveryStatus.FAILED), ("change_delivery", DeliveryStatus.PENDING)):
        operator.user_permissions.add(Permission.objects.get(codename=permission))
        assert client.get(reverse(LISTS[1])).status_code == 200
        client.post(reverse(LISTS[1]), {"action": "send_again", "_selected_action": [delivery.pk]})
        assert rows.get().status == status


def test_the_lists_do_not_ask_for_each_row(desk: Client, alice: User, django_assert_max_num_queries: object) -> None:
    for _ in range(12):
        email_delivery(alice)
    for name in LISTS:
        with django_assert_max_num_queries(8):  # type: ignore[operator]
            assert desk.get(reverse(name)).status_code == 200
