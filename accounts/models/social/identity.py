import uuid

from django.db import models
from django.db.models import Q

from accounts.models.user import User
from numerai.common import clock

LONGEST_SUBJECT = 255


class IdentityProvider(models.TextChoices):
    GOOGLE = "google", "Google"
    APPLE = "apple", "Apple"


class Identity(models.Model):
    """A Google or Apple account by which a person signs in. ``subject`` is the provider's id of it, and the only thing
    that identifies: addresses change hands.

    The address is the one the provider told last; Apple tells it only sometimes, and may relay.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="identities", db_index=False)
    provider = models.CharField(max_length=16, choices=IdentityProvider)
    subject = models.CharField("id at the provider", max_length=LONGEST_SUBJECT)
    email = models.EmailField("e-mail", max_length=254, blank=True)
    email_verified = models.BooleanField("e-mail verified", default=False)
    is_private_relay = models.BooleanField("relayed", default=False, help_text="Whether Apple hides the real address.")
    email_deliverable = models.BooleanField("deliverable", default=True, help_text="Whether Apple forwards mail to it.")
    sealed_refresh_token = models.BinaryField(
        max_length=4096, null=True, editable=False, help_text="The provider's, for revoking; sealed with DATA_KEYS."
    )
    blocked_at = models.DateTimeField(null=True, blank=True, help_text="Since when the provider says it is hijacked.")
    created_at = models.DateTimeField(default=clock.now)
    last_used_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name_plural = "identities"
        constraints = [
            models.UniqueConstraint(fields=["provider", "subject"], name="accounts_identity_once"),
            models.UniqueConstraint(fields=["user", "provider"], name="accounts_identity_one_per_provider"),
            models.CheckConstraint(
                condition=Q(provider__in=IdentityProvider.values), name="accounts_identity_provider_known"
            ),
            models.CheckConstraint(condition=~Q(subject=""), name="accounts_identity_has_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.get_provider_display()} since {self.created_at:%Y-%m-%d}"
