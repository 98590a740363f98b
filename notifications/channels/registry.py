"""The channels that exist, by name."""

from notifications.channels.base import Channel, Transport
from notifications.channels.email import Email
from notifications.channels.in_app import InApp
from notifications.channels.sms import Sms
from notifications.vocabulary import ChannelName

TRANSPORTS: dict[str, Transport] = {ChannelName.EMAIL: Email(), ChannelName.SMS: Sms()}
CHANNELS: dict[str, Channel] = {ChannelName.IN_APP: InApp(), **TRANSPORTS}
