"""Who is signed out everywhere is not written to on a device that somebody else may hold."""

import pytest
from django.apps import apps
from django.db.models import ForeignKey
from django.utils.crypto import get_random_string

from accounts.models import SessionEnd, User
from accounts.passwords import links
from accounts.sessions import end_all_sessions
from accounts.tests.conftest import Post
from accounts.tests.factoring import showing
from conftest import PASSWORD, Api
from notifications.destinations.services import forget_all, register
from notifications.models import Destination
from notifications.vocabulary import ChannelName
from numerai.common.errors import NotAuthenticated

NEW = "a sentence for the new one"
CODE, LINK = "/api/v1/auth/password-reset/confirm/", "/api/v1/auth/reset-password/token/confirm/"
ADDRESSES = {
    ChannelName.WEB_PUSH: {"endpoint": "https://fcm.googleapis.com/fcm/send/c1Krm"},
    ChannelName.MOBILE_PUSH: {"token": "dXJ0:APA91b"},
    ChannelName.DISCORD: {"url": "https://discord.com/api/webhooks/1/x"},
    ChannelName.EMAIL: {"address": "alice@example.com"},
    ChannelName.SMS: {"address": "+14155552671"},
}
# What a notification goes to is forgotten. These say what is told and when, and take it nowhere.
GOES_NOWHERE = {
    "Notification",
    "Preference",
    "Schedule",
    "DigestChoice",
    "DigestWindow",
    "Wording",
    "Broadcast",
    "BroadcastBatch",
    "LiveCursor",
    "LiveEvent",
}


def registered(user: User, channel: ChannelName = ChannelName.MOBILE_PUSH) -> Destination:
    address = ADDRESSES[channel] | {"of": get_random_string(8)}
    return register(user=User.objects.get(pk=user.pk), channel=channel, address=address)[0]


def devices_of(user: User) -> int:
    return Destination.objects.filter(user=user).count()


def test_ending_all_sessions_forgets_every_device_and_nobody_elses(alice: User, bob: User) -> None:
    for channel in ADDRESSES:
        registered(alice, channel)
    other = registered(bob)
    assert end_all_sessions(user=alice, reason=SessionEnd.OPERATOR) == 0
    assert set(Destination.objects.filter(user=alice).values_list("channel", flat=True)) == {"email", "sms"}
    assert Destination.objects.get(user=bob) == other
    assert (forget_all(bob.pk), forget_all(bob.pk)) == (1, 0)


def test_a_device_that_was_late_is_not_registered(alice: User) -> None:
    """Its request was let in just before every session ended, and waits for the row that this has locked."""
    before = User.objects.get(pk=alice.pk)
    end_all_sessions(user=alice, reason=SessionEnd.PASSWORD_CHANGE)
    with pytest.raises(NotAuthenticated):
        register(user=before, channel=ChannelName.MOBILE_PUSH, address={"token": "x"})
    assert devices_of(alice) == 0
    registered(alice)
    assert devices_of(alice) == 1


def test_changing_the_password(api: Api, alice: User) -> None:
    registered(alice)
    assert showing(api)(alice).post("/api/v1/auth/password/change/", {"new_password": NEW}).status_code == 200
    assert devices_of(alice) == 0


def test_resetting_it_by_a_code(api: Api, alice: User, post: Post) -> None:
    registered(alice)
    api(None).post("/api/v1/auth/password-reset/", {"email": alice.email})
    form = {"email": alice.email, "otp": post()[0].subject.split()[0], "new_password": NEW}
    assert api(None).post(CODE, form).status_code == 200
    assert devices_of(alice) == 0


def test_resetting_it_by_a_link(api: Api, alice: User) -> None:
    registered(alice)
    form = {"token": links.issue(User.objects.get(pk=alice.pk)), "new_password": NEW, "confirm_password": NEW}
    assert api(None).post(LINK, form).status_code == 200
    assert devices_of(alice) == 0


def test_changing_the_address_and_taking_it_back(api: Api, alice: User, post: Post) -> None:
    registered(alice)
    client = showing(api)(alice)
    client.post("/api/v1/users/email/", {"new_email": "alice@new.example.com"})
    assert devices_of(alice) == 1
    code = post()[0].subject.split()[0]
    assert client.post("/api/v1/users/email/confirm/", {"otp": code}).status_code == 200
    assert devices_of(alice) == 0
    registered(alice)
    token = post()[0].text.partition("token=")[2].split()[0]
    assert api(None).post("/api/v1/users/email/revert/", {"token": token}).status_code == 200
    assert devices_of(alice) == 0


def test_signing_out_on_one_device_changes_nothing(api: Api, alice: User) -> None:
    """Which device that was, nobody knows here: its app removes it, if it is to be silent."""
    registered(alice)
    client = api(None)
    tokens = client.post("/api/v1/auth/login/", {"email": alice.email, "password": PASSWORD}).json()
    assert client.post("/api/v1/auth/logout/", {"refresh_token": tokens["refresh_token"]}).status_code == 200
    assert devices_of(alice) == 1
    assert api(alice).post("/api/v1/auth/logout-all/").status_code == 200
    assert devices_of(alice) == 0


def test_nothing_that_messages_go_to_is_overlooked() -> None:
    """A new table of notifications that hangs on a person is forgotten with devices, or is named above."""
    hanging = {
        model.__name__
        for model in apps.get_app_config("notifications").get_models(include_auto_created=True)
        if any(isinstance(field, ForeignKey) and field.related_model is User for field in model._meta.get_fields())
    }
    assert hanging - GOES_NOWHERE == {Destination.__name__}
