import uuid

from django.db import models
from django.db.models import Q

from accounts.models.user import User

MAX_CODE_TRIES = 3


class CodePurpose(models.TextChoices):
    VERIFY_EMAIL = "verify_email"
    VERIFY_PHONE = "verify_phone"
    PROVE = "prove"
    RESET_PASSWORD = "reset_password"  # noqa: S105
    CHANGE_EMAIL = "change_email"


class OneTimeCode(models.Model):
    """The newest code that was sent to a person for one purpose; sending another replaces it.

    Only an HMAC under the application's key is kept: a dump of this table alone cannot be searched for six digits.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="codes", db_index=False)
    purpose = models.CharField(max_length=20, choices=CodePurpose)
    code_hash = models.BinaryField(max_length=32, editable=False)
    tries = models.PositiveSmallIntegerField(default=0)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "one-time code"
        constraints = [
            models.UniqueConstraint(fields=["user", "purpose"], name="accounts_code_one_per_purpose"),
            models.CheckConstraint(condition=Q(purpose__in=CodePurpose.values), name="accounts_code_purpose_known"),
            models.CheckConstraint(condition=Q(tries__lte=MAX_CODE_TRIES), name="accounts_code_three_tries"),
        ]

    def __str__(self) -> str:
        return f"Code of {self.created_at:%Y-%m-%d %H:%M} for {self.get_purpose_display().lower()}"
