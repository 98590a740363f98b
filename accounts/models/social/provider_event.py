from django.db import models
from django.db.models import Q

from accounts.models.social.identity import IdentityProvider
from numerai.common import clock

LONGEST_EVENT_ID = 255


class ProviderEvent(models.Model):
    """Something that Google or Apple told us about accounts there; kept so that it takes effect once.

    It was carried out in the transaction that wrote the row.
    """

    provider = models.CharField(max_length=16, choices=IdentityProvider)
    event_id = models.CharField("id at the provider", max_length=LONGEST_EVENT_ID)
    types = models.JSONField(default=list, help_text="What it told, by the provider's names.")
    user_id = models.UUIDField("person's id", null=True, blank=True, help_text="Empty when it is about nobody here.")
    received_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "event_id"], name="accounts_provider_event_once"),
            models.CheckConstraint(
                condition=Q(provider__in=IdentityProvider.values), name="accounts_provider_event_provider_known"
            ),
        ]
        indexes = [models.Index(fields=["user_id"], name="accounts_provider_event_of")]

    def __str__(self) -> str:
        return f"{self.get_provider_display()} at {self.received_at:%Y-%m-%d %H:%M}"
