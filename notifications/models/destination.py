import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from notifications.vocabulary import DESTINATION_CHANNELS, ChannelName, DeviceType


class Destination(models.Model):
    """A place of one person's that messages can go to: a browser, a phone, a Discord channel; also an address or a
    number, once something is known against it.

    ``sealed_address`` is what the provider needs, encrypted; ``address_digest`` finds it again without opening it. One
    address is one person's at a time: whoever registers it last has it.
    """

    id = models.BigAutoField(primary_key=True)
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    channel = models.CharField(max_length=20, choices=ChannelName)
    device_type = models.CharField(max_length=10, choices=DeviceType, blank=True)
    name = models.CharField(max_length=100, blank=True)
    sealed_address = models.BinaryField()
    address_digest = models.CharField(max_length=64, editable=False)
    timezone = models.CharField("time zone", max_length=64, blank=True, help_text="IANA name, if it has its own")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    registered_at = models.DateTimeField(help_text="the last time its owner named it")
    succeeded_at = models.DateTimeField(null=True, blank=True)
    failing_since = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0, help_text="in a row")
    disabled_at = models.DateTimeField(null=True, blank=True)
    disabled_reason = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["channel", "address_digest"], name="notifications_address_is_ones"),
            models.CheckConstraint(
                condition=Q(channel__in=DESTINATION_CHANNELS), name="notifications_destination_channel"
            ),
            models.CheckConstraint(
                condition=Q(device_type="") | Q(device_type__in=DeviceType.values), name="notifications_device_known"
            ),
            models.CheckConstraint(
                condition=Q(disabled_at__isnull=True, disabled_reason="")
                | (Q(disabled_at__isnull=False) & ~Q(disabled_reason="")),
                name="notifications_disabled_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(failures=0, failing_since__isnull=True) | Q(failures__gt=0, failing_since__isnull=False),
                name="notifications_failing_since_a_time",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["user", "channel"], name="notifications_destinations_of")]

    def __str__(self) -> str:
        return self.name or f"{self.get_channel_display()} {self.public_id}"

    @property
    def is_enabled(self) -> bool:
        return self.disabled_at is None
