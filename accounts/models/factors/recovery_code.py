import uuid

from django.db import models

from accounts.models.user import User
from numerai.common import clock


class RecoveryCode(models.Model):
    """A code on paper for the day when the device is gone. 80 random bits, of which only a hash is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="recovery_codes", db_index=False)
    code_hash = models.BinaryField(max_length=32, editable=False)
    created_at = models.DateTimeField(default=clock.now)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "code_hash"], name="accounts_recovery_code_once"),
        ]

    def __str__(self) -> str:
        return f"Recovery code of {self.created_at:%Y-%m-%d}"
