import re

import pytest
from pytest_django import Settings

from accounts.models import User
from dev.local_providers import LocalProviders, Mode
from notifications.channels.discord import escaped
from notifications.deliveries import dispatch
from notifications.destinations import services
from notifications.models import Delivery, Destination
from notifications.services import notify
from notifications.tests.reaching.ways import TOLD, USER, WEBHOOK, told
from notifications.vocabulary import ChannelName

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def room(alice: User, providers: LocalProviders) -> None:
    services.register(user=alice, channel=ChannelName.DISCORD, address=WEBHOOK)


@pytest.fixture
def member(alice: User, providers: LocalProviders) -> None:
    services.register(user=alice, channel=ChannelName.DISCORD, address=USER)


def attempt(delivery: Delivery) -> Delivery:
    dispatch.deliver(delivery.pk)
    delivery.refresh_from_db()
    return delivery


@pytest.mark.usefixtures("room")
def test_a_room_is_told(alice: User, providers: LocalProviders) -> None:
    delivery = attempt(told(alice, "discord", action_url="/reports/1"))
    (asked,) = providers.asked
    assert asked.path == f"/api/v10/webhooks/{WEBHOOK['webhook']}/{WEBHOOK['token']}?wait=true"
    document = asked.json()
    assert document["content"].splitlines()[:2] == ["**Told\\: news**", "You are told news\\."]
    assert document["content"].splitlines()[2].endswith("/reports/1>")
    assert document["allowed_mentions"] == {"parse": []}
    assert delivery.provider_message_id.isdecimal()


@pytest.mark.usefixtures("member")
def test_a_user_is_told_by_our_bot(alice: User, providers: LocalProviders) -> None:
    delivery = attempt(told(alice, "discord"))
    opening, asked = providers.asked
    assert (opening.path, opening.json()) == ("/api/v10/users/@me/channels", {"recipient_id": USER["user"]})
    assert re.fullmatch(r"/api/v10/channels/\d+/messages", asked.path)
    assert {opening.headers["authorization"], asked.headers["authorization"]} == {"Bot bot-token"}
    document = asked.json()
    assert (document["nonce"], document["enforce_nonce"]) == (str(delivery.pk), True)
    assert delivery.status == "sent"


@pytest.mark.usefixtures("member")
def test_without_a_bot_it_waits_for_one(alice: User, providers: LocalProviders, settings: Settings) -> None:
    settings.DISCORD_BOT_TOKEN = ""
    delivery = attempt(told(alice, "discord"))
    assert (delivery.status, delivery.last_error_code, delivery.attempts) == ("pending", "discord_no_bot", 0)
    assert providers.asked == []


@pytest.mark.usefixtures("member")
def test_the_second_step_may_fail_as_well(alice: User, providers: LocalProviders) -> None:
    providers.documents["/api/v10/users/@me/channels"] = (200, {"id": "7"})
    providers.modes["/api/v10/channels/7/messages"] = Mode.FORBIDDEN
    delivery = attempt(told(alice, "discord"))
    assert (delivery.status, delivery.last_error_code) == ("failed", "discord_50007")
    assert not Destination.objects.get().is_enabled


@pytest.mark.parametrize("identity", [None, 7, "../7"])
@pytest.mark.usefixtures("member")
def test_a_channel_whose_id_is_none_is_not_written_to(alice: User, providers: LocalProviders, identity: object) -> None:
    providers.documents["/api/v10/users/@me/channels"] = (200, {"id": identity})
    assert attempt(told(alice, "discord")).last_error_code == "discord_http_200"
    assert len(providers.asked) == 1


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("*bold* _it_ ~no~", "\\*bold\\* \\_it\\_ \\~no\\~"),
        ("`code` ||spoiler||", "\\`code\\` \\|\\|spoiler\\|\\|"),
        ("> quote # head - list 1.", "\\> quote \\# head \\- list 1\\."),
        ("[click](https://evil.example)", "\\[click\\]\\(https\\://evil\\.example\\)"),
        ("<@123> @everyone", "\\<\\@123\\> \\@everyone"),
        ("back\\slash", "back\\\\slash"),
    ],
)
def test_rule_55_what_people_write_is_shown_as_it_stands(text: str, shown: str) -> None:
    assert escaped(text) == shown


@pytest.mark.usefixtures("room")
def test_rule_54_no_markup_of_a_person_works(alice: User, providers: LocalProviders) -> None:
    notification = notify(user=alice, kind=TOLD.name, context={"text": "@everyone <script>*hi*</script>"})
    attempt(notification.deliveries.get(channel="discord"))
    document = providers.asked[0].json()
    assert "\\@everyone \\<script\\>\\*hi\\*\\</script\\>" in document["content"]
    assert document["allowed_mentions"] == {"parse": []}


@pytest.mark.usefixtures("room")
def test_a_long_message_is_cut_and_keeps_its_link(alice: User, providers: LocalProviders) -> None:
    notification = notify(user=alice, kind=TOLD.name, context={"text": "*" * 1900}, action_url="/reports/1")
    attempt(notification.deliveries.get(channel="discord"))
    content = providers.asked[0].json()["content"]
    assert len(content) <= 2000
    assert content.endswith("/reports/1>")
    words = content.rpartition("\n")[0]
    assert words.endswith("\\*…")


@pytest.mark.parametrize("way", ["room", "member"])
def test_rule_41_one_dead_device_does_not_fail_the_others(
    alice: User, providers: LocalProviders, way: str, request: pytest.FixtureRequest
) -> None:
    request.getfixturevalue("room")
    request.getfixturevalue("member")
    dead = {
        "room": f"/api/v10/webhooks/{WEBHOOK['webhook']}/{WEBHOOK['token']}",
        "member": "/api/v10/users/@me/channels",
    }
    providers.modes[dead[way]] = Mode.NOT_FOUND
    notification = notify(user=alice, kind=TOLD.name, context={"text": "news"})
    for delivery in notification.deliveries.filter(channel="discord"):
        dispatch.deliver(delivery.pk)
    assert sorted(notification.deliveries.filter(channel="discord").values_list("status", flat=True)) == [
        "failed",
        "sent",
    ]
