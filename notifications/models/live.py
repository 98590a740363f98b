from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Now


class LiveCursor(models.Model):
    """How many live events a person has had. Its row lock gives each the next number, so that they are seen in the
    order of their numbers and none is skipped."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", primary_key=True)
    version = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.user_id}: {self.version}"


class LiveEvent(models.Model):
    """Something that a person's open pages are told at once, and those that were away when they come back."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    version = models.BigIntegerField()
    event_type = models.CharField(max_length=40)
    data = models.JSONField(default=dict)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "version"], name="notifications_one_event_per_version"),
        ]
        indexes: ClassVar = [models.Index(fields=["created_at"], name="notifications_live_by_age")]

    def __str__(self) -> str:
        return f"{self.event_type} {self.version}"
