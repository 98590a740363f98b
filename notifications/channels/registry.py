"""The channels that exist, by name."""

from notifications.channels.base import Channel, Transport
from notifications.channels.discord import Discord
from notifications.channels.email import Email
from notifications.channels.in_app import InApp
from notifications.channels.mobile_push import MobilePush
from notifications.channels.sms import Sms
from notifications.channels.web_push import WebPush
from notifications.vocabulary import ChannelName

TRANSPORTS: dict[str, Transport] = {
    ChannelName.EMAIL: Email(),
    ChannelName.SMS: Sms(),
    ChannelName.WEB_PUSH: WebPush(),
    ChannelName.MOBILE_PUSH: MobilePush(),
    ChannelName.DISCORD: Discord(),
}
CHANNELS: dict[str, Channel] = {ChannelName.IN_APP: InApp(), **TRANSPORTS}
