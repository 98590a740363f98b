"""The ways out of the house, each with what a table of tests needs to know of it."""

from collections.abc import Callable
from dataclasses import dataclass

from accounts.models import User
from notifications.destinations import services
from notifications.kinds import Kind
from notifications.models import Delivery
from notifications.services import notify
from notifications.tests.reaching.browsers import Browser
from notifications.vocabulary import ChannelName
from numerai.common import clock

TOLD = Kind("sample.told", "info", "news", ("in_app", "email", "sms"))
PHONE = "+14155552671"
TOKEN = "dXJ0:APA91bFakeTokenOfAPhone4f1c"
WEBHOOK = {"webhook": "113344556677889900", "token": "aBcDeFgHiJkL-secret"}
USER = {"user": "80351110224678912"}

Register = Callable[[User, str], None]


@dataclass(frozen=True)
class Way:
    """``path`` is where its provider is asked first."""

    channel: str
    path: str
    register: Register


def _browser(user: User, url: str) -> None:
    services.register(user=user, channel=ChannelName.WEB_PUSH, address=Browser(url).address, name="Laptop")


def _phone(user: User, url: str) -> None:
    services.register(user=user, channel=ChannelName.MOBILE_PUSH, address={"token": TOKEN}, device_type="ios")


def _webhook(user: User, url: str) -> None:
    services.register(user=user, channel=ChannelName.DISCORD, address=WEBHOOK)


def _user(user: User, url: str) -> None:
    services.register(user=user, channel=ChannelName.DISCORD, address=USER)


def _number(user: User, url: str) -> None:
    user.phone, user.phone_verified_at = PHONE, clock.now()
    user.save()


def _mail(user: User, url: str) -> None:
    """Everybody has an address."""


WAYS = {
    "web_push": Way(ChannelName.WEB_PUSH, "/push/1", _browser),
    "mobile_push": Way(ChannelName.MOBILE_PUSH, "/v1/projects/sample/messages:send", _phone),
    "discord_webhook": Way(ChannelName.DISCORD, f"/api/v10/webhooks/{WEBHOOK['webhook']}/{WEBHOOK['token']}", _webhook),
    "discord_user": Way(ChannelName.DISCORD, "/api/v10/users/@me/channels", _user),
    "sms": Way(ChannelName.SMS, "/2010-04-01/Accounts/ACsample/Messages.json", _number),
    "email": Way(ChannelName.EMAIL, "/email", _mail),
}


def told(user: User, channel: str, *, priority: str | None = None, action_url: str = "") -> Delivery:
    """A delivery to ``user`` that waits to be sent."""
    notification = notify(user=user, kind=TOLD.name, context={"text": "news"}, priority=priority, action_url=action_url)
    delivery: Delivery = notification.deliveries.get(channel=channel)
    return delivery
