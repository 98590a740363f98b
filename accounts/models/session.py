import uuid
from datetime import datetime

from django.db import models
from django.db.models import F, Q

from accounts.models.user import User
from numerai.common import clock


class SignInMethod(models.TextChoices):
    PASSWORD = "password"  # noqa: S105
    CODE = "code", "one-time code"
    GOOGLE = "google", "Google"
    APPLE = "apple", "Apple"
    PASSKEY = "passkey"


class SessionEnd(models.TextChoices):
    LOGOUT = "logout"
    LOGOUT_ALL = "logout_all", "logout of all devices"
    REVOKED = "revoked", "ended by the person"
    TOKEN_REUSE = "token_reuse", "an old refresh token came back"
    PASSWORD_CHANGE = "password_change"  # noqa: S105
    EMAIL_CHANGE = "email_change", "e-mail change"
    FACTOR_CHANGE = "factor_change", "second factor change"
    IDENTITY_CHANGE = "identity_change", "change of a linked account"
    PROVIDER = "provider", "told to by Google or Apple"
    CLOSED = "closed", "account closed"
    OPERATOR = "operator"


class Session(models.Model):
    """One sign-in on one device: a family of refresh tokens of which only the newest works.

    Only hashes of 256-bit secrets are kept, so that a dump of this table signs nobody in.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sessions", db_index=False)
    method = models.CharField("signed in by", max_length=16, choices=SignInMethod, default=SignInMethod.PASSWORD)
    has_second_factor = models.BooleanField(default=False, help_text="Whether a second factor was given.")
    proved_at = models.DateTimeField(
        default=clock.now, help_text="When the person last proved here who they are: at sign-in, or since."
    )
    is_proof_shown = models.BooleanField(
        default=False,
        db_default=False,
        help_text="Whether that was a password or code shown in the session, and not the sign-in itself.",
    )
    factor_proved_at = models.DateTimeField(
        null=True, blank=True, help_text="When a second factor was last given here: at sign-in, or since."
    )
    secret_hash = models.BinaryField(max_length=32, editable=False)
    previous_hash = models.BinaryField(max_length=32, null=True, editable=False)
    rotated_at = models.DateTimeField()
    idle_until = models.DateTimeField(help_text="Moved on by each rotation, up to the end.")
    ends_at = models.DateTimeField(help_text="Never extended by rotation.")
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoke_reason = models.CharField(max_length=20, choices=SessionEnd, blank=True)
    device = models.CharField(max_length=200, blank=True)
    address = models.GenericIPAddressField(null=True, blank=True, help_text="Truncated: IPv4 to /24, IPv6 to /48")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoke_reason="")
                | Q(revoked_at__isnull=False, revoke_reason__in=SessionEnd.values),
                name="accounts_session_end_has_reason",
            ),
            models.CheckConstraint(condition=Q(method__in=SignInMethod.values), name="accounts_session_method_known"),
            models.CheckConstraint(condition=Q(idle_until__lte=F("ends_at")), name="accounts_session_idle_before_end"),
        ]
        indexes = [
            models.Index(fields=["user", "-created_at"], name="accounts_session_of_user"),
            models.Index(fields=["idle_until"], name="accounts_session_idle"),
            models.Index(fields=["revoked_at"], condition=Q(revoked_at__isnull=False), name="accounts_session_revoked"),
        ]

    def __str__(self) -> str:
        return f"{self.device or 'Unknown device'} since {self.created_at:%Y-%m-%d}"

    def is_live_at(self, moment: datetime) -> bool:
        return self.revoked_at is None and self.idle_until > moment
