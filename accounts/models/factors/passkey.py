import uuid

from django.db import models
from django.db.models import Q

from accounts.models.user import User
from numerai.common import clock


class Passkey(models.Model):
    """A key pair on a person's device or in their password manager; here is the public half.

    ``credential`` is WebAuthn's attested credential data: model of the authenticator, credential id and COSE key.
    ``sign_count`` is what the authenticator counted at its last use, 0 for those that do not count.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="passkeys")
    credential_id = models.BinaryField(max_length=1023, editable=False, unique=True)
    credential = models.BinaryField(max_length=4096, editable=False)
    name = models.CharField(max_length=80)
    transports = models.JSONField(default=list, blank=True, help_text="How the browser reaches it.")
    is_synced = models.BooleanField(default=False, help_text="Whether copies of it are on other devices.")
    sign_count = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(sign_count__gte=0), name="accounts_passkey_count_not_negative"),
            models.CheckConstraint(condition=~Q(name=""), name="accounts_passkey_has_name"),
        ]

    def __str__(self) -> str:
        return self.name
