import uuid

from django.db import models
from django.db.models import Q

from accounts.models.user import User
from numerai.common import clock


class AuthenticatorApp(models.Model):
    """An app that shows a new six-digit code every 30 seconds; at most one for every person.

    ``last_step`` is the 30-second step, counted from 1970, of the newest code that was accepted: codes of this step and
    of earlier ones are spent.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="authenticator_app")
    secret = models.BinaryField(max_length=512, editable=False, help_text="Sealed with DATA_KEYS.")
    last_step = models.BigIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(default=clock.now)
    confirmed_at = models.DateTimeField(null=True, blank=True, help_text="Empty until a first code was right.")
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(last_step__gte=0), name="accounts_app_step_not_negative"),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=False) | Q(last_used_at__isnull=True),
                name="accounts_app_used_once_confirmed",
            ),
        ]

    def __str__(self) -> str:
        return f"Authenticator app since {self.created_at:%Y-%m-%d}"
