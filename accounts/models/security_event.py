import uuid

from django.contrib.postgres.functions import RandomUUID
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from numerai.common import clock


class EventKind(models.TextChoices):
    SIGN_UP = "sign_up", "signed up"
    ADDRESS_VERIFIED = "address_verified"
    SIGN_IN = "sign_in", "signed in"
    SIGN_IN_FAILED = "sign_in_failed"
    SIGN_IN_LIMITED = "sign_in_limited", "sign-in limited"
    SIGN_IN_UNLOCKED = "sign_in_unlocked", "sign-in unlocked"
    CODE_REFUSED = "code_refused", "one-time code refused"
    TOKEN_REUSED = "token_reused", "old refresh token used"
    SESSION_ENDED = "session_ended"
    ALL_SESSIONS_ENDED = "all_sessions_ended"
    PASSWORD_SET = "password_set"  # noqa: S105
    PASSWORD_CHANGED = "password_changed"  # noqa: S105
    PASSWORD_RESET_ASKED = "password_reset_asked", "password reset asked for"
    PASSWORD_RESET = "password_reset"  # noqa: S105
    EMAIL_CHANGE_ASKED = "email_change_asked", "e-mail change asked for"
    EMAIL_CHANGED = "email_changed", "e-mail changed"
    EMAIL_CHANGE_REVERTED = "email_change_reverted", "e-mail change reverted"
    PHONE_CHANGED = "phone_changed"
    FACTOR_ADDED = "factor_added", "second factor added"
    FACTOR_REMOVED = "factor_removed", "second factor removed"
    FACTOR_FAILED = "factor_failed", "second factor refused"
    RECOVERY_CODE_USED = "recovery_code_used"
    RECOVERY_CODES_MADE = "recovery_codes_made"
    IDENTITY_LINKED = "identity_linked", "Google or Apple linked"
    IDENTITY_UNLINKED = "identity_unlinked", "Google or Apple unlinked"
    PROVIDER_TOLD = "provider_told", "told by Google or Apple"
    ROLE_CHANGED = "role_changed"
    OPERATOR_LOOKED = "operator_looked", "an operator looked at personal data"
    OPERATOR_CHANGED = "operator_changed", "an operator changed something"
    EXPORTED = "exported", "data exported"
    DELETION_ASKED = "deletion_asked", "deletion asked for"
    DELETION_UNDONE = "deletion_undone"
    ERASED = "erased"
    DENIED = "denied", "permission denied"


class SecurityEvent(models.Model):
    """Something that happened to the safety of an account, kept as evidence: ids only, nothing that names anybody.

    Refers to the person by id instead of by foreign key, because it outlives them; where it came from stands in
    ``SecurityEventOrigin``, which does not.
    """

    public_id = models.UUIDField(default=uuid.uuid4, db_default=RandomUUID(), unique=True, editable=False)
    at = models.DateTimeField(default=clock.now)
    kind = models.CharField(max_length=32, choices=EventKind)
    user_id = models.UUIDField("person's id", null=True, blank=True, help_text="Empty when it concerns no account.")
    actor_kind = models.CharField("actor", max_length=16)
    actor_id = models.CharField("actor's id", max_length=64, blank=True)
    session_id = models.UUIDField("session's id", null=True, blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    details = models.JSONField(default=dict, encoder=DjangoJSONEncoder, help_text="Ids, kinds and counts.")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=EventKind.values), name="accounts_event_kind_known"),
        ]
        indexes = [
            models.Index(fields=["user_id", "-id"], name="accounts_event_of_user"),
            models.Index(fields=["-at"], name="accounts_event_newest"),
            models.Index(fields=["request_id"], name="accounts_event_of_request"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} at {self.at:%Y-%m-%d %H:%M}"


class SecurityEventOrigin(models.Model):
    """Where an event came from, as far as a person needs it to recognise a device; erased with the person."""

    event = models.OneToOneField(SecurityEvent, on_delete=models.CASCADE, primary_key=True, related_name="origin")
    device = models.CharField(max_length=200, blank=True)
    address = models.GenericIPAddressField(null=True, blank=True, help_text="Truncated: IPv4 to /24, IPv6 to /48")

    def __str__(self) -> str:
        return self.device or "Unknown device"
