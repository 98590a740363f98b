from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from notifications.vocabulary import ChannelName


class Preference(models.Model):
    """One cell of a person's grid. Without a kind it is the switch of the whole channel. No row means the default."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=100, blank=True)
    channel = models.CharField(max_length=20, choices=ChannelName)
    is_on = models.BooleanField("on")
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "kind", "channel"], name="notifications_one_preference_each"),
            models.CheckConstraint(
                condition=Q(channel__in=ChannelName.values), name="notifications_preference_channel"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind or 'everything'} by {self.channel}: {'on' if self.is_on else 'off'}"


class Schedule(models.Model):
    """When a person wants to be left alone: until a moment, and between two wall times on the days that it begins on.

    Days count from Monday, 0, to Sunday, 6. A window that ends before it starts ends on the next day. ``timezone`` is
    empty for the person's own zone.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", primary_key=True)
    muted_until = models.DateTimeField(null=True, blank=True)
    is_quiet = models.BooleanField("quiet hours", default=False)
    quiet_days = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True)
    quiet_start = models.TimeField(null=True, blank=True)
    quiet_end = models.TimeField(null=True, blank=True)
    timezone = models.CharField("time zone", max_length=64, blank=True, help_text="IANA name")
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(is_quiet=False)
                | (Q(quiet_start__isnull=False, quiet_end__isnull=False) & ~Q(quiet_start=F("quiet_end"))),
                name="notifications_quiet_has_a_window",
            ),
            models.CheckConstraint(
                condition=Q(quiet_days__contained_by=list(range(7))), name="notifications_quiet_days_are_weekdays"
            ),
        ]

    def __str__(self) -> str:
        return f"quiet {self.quiet_start:%H:%M}-{self.quiet_end:%H:%M}" if self.is_quiet else "never quiet"
