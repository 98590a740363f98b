from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from notifications.models.delivery import Delivery


class ProviderHealth(models.Model):
    """How a provider has done of late. After some failures in a row nothing is sent to it until ``open_until``."""

    provider = models.CharField(max_length=40, primary_key=True)
    failures = models.PositiveIntegerField(default=0, help_text="in a row")
    failing_since = models.DateTimeField(null=True, blank=True)
    open_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "provider health"

    def __str__(self) -> str:
        return f"{self.provider}: {self.failures} failures in a row"


class ProviderReport(models.Model):
    """What a provider said about a message that it had taken. The same event counts once."""

    id = models.BigAutoField(primary_key=True)
    provider = models.CharField(max_length=40)
    event_id = models.CharField(max_length=255)
    delivery = models.ForeignKey(Delivery, on_delete=models.SET_NULL, null=True, blank=True, related_name="reports")
    event_type = models.CharField(max_length=40)
    detail = models.CharField(max_length=200, blank=True)
    received_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["provider", "event_id"], name="notifications_reported_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["received_at"], name="notifications_reports_by_age")]

    def __str__(self) -> str:
        return f"{self.provider}: {self.event_type}"
