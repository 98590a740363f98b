from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from notifications.vocabulary import ChannelName


class Wording(models.Model):
    """Words of an operator for a kind, a channel and a language, instead of the shipped ones. A change is a new
    version; at most one is in use, and without one the shipped words are. ``parts`` is text by the name of its part."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=100)
    channel = models.CharField(max_length=20, choices=ChannelName)
    language = models.CharField(max_length=35, default="en")
    version = models.PositiveIntegerField(editable=False)
    parts = models.JSONField()
    note = models.CharField(max_length=200, blank=True, help_text="why it was changed")
    is_active = models.BooleanField("in use", default=True)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "channel", "language", "version"], name="notifications_one_wording_per_version"
            ),
            models.UniqueConstraint(
                fields=["kind", "channel", "language"],
                condition=Q(is_active=True),
                name="notifications_one_wording_in_use",
            ),
            models.CheckConstraint(condition=Q(channel__in=ChannelName.values), name="notifications_wording_channel"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}, {self.channel}, {self.language}, version {self.version}"
