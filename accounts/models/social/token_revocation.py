import uuid

from django.db import models
from django.db.models import Q

from accounts.models.social.identity import IdentityProvider
from accounts.models.user import User
from numerai.common import clock


class TokenRevocation(models.Model):
    """A token of Google's or Apple's that is still to be revoked there; the row goes once it is, or given up.

    Nobody takes it before ``next_attempt_at``, which whoever takes it moves on: pause and lease in one.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="token_revocations")
    provider = models.CharField(max_length=16, choices=IdentityProvider)
    sealed_token = models.BinaryField(max_length=4096, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(default=clock.now)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(provider__in=IdentityProvider.values), name="accounts_revocation_provider_known"
            ),
        ]
        indexes = [models.Index(fields=["next_attempt_at"], name="accounts_revocation_due")]

    def __str__(self) -> str:
        return f"Revocation at {self.get_provider_display()}, asked for {self.created_at:%Y-%m-%d %H:%M}"
