import uuid

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q

from accounts.models.user import User
from numerai.common import clock


class ExportState(models.TextChoices):
    PENDING = "pending"
    RUNNING = "running"
    READY = "ready"
    FAILED = "failed"
    EXPIRED = "expired", "file deleted"


OPEN_EXPORT = (ExportState.PENDING, ExportState.RUNNING)


class ExportJob(models.Model):
    """A person's wish to have their data: answered at once, or as a file that is made later and kept for some days."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="exports", db_index=False)
    state = models.CharField(max_length=16, choices=ExportState, default=ExportState.PENDING)
    is_file = models.BooleanField("as a file", default=False, help_text="Otherwise it was answered at once.")
    asked_at = models.DateTimeField(default=clock.now)
    rows_total = models.PositiveIntegerField(default=0)
    rows_done = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict, blank=True, encoder=DjangoJSONEncoder, help_text="Rows by section.")
    size = models.PositiveBigIntegerField(default=0, help_text="Bytes of the document.")
    attempts = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=200, blank=True, help_text="A code or the type of an error.")
    finished_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True, help_text="When the file is deleted.")

    class Meta:
        permissions = [("start_export", "Can have a person's data exported for them")]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ExportState.values), name="accounts_export_state_known"),
            models.UniqueConstraint(
                fields=["user"], condition=Q(state__in=OPEN_EXPORT), name="accounts_export_one_open"
            ),
            models.CheckConstraint(
                condition=Q(state=ExportState.RUNNING, lease_until__isnull=False)
                | (~Q(state=ExportState.RUNNING) & Q(lease_until__isnull=True)),
                name="accounts_export_leased_while_running",
            ),
            models.CheckConstraint(
                condition=~Q(state=ExportState.PENDING) | Q(next_attempt_at__isnull=False),
                name="accounts_export_pending_has_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(state=ExportState.READY, is_file=True) | Q(expires_at__isnull=False),
                name="accounts_export_file_expires",
            ),
            models.CheckConstraint(condition=Q(rows_done__lte=F("rows_total")), name="accounts_export_progress_whole"),
        ]
        indexes = [
            models.Index(fields=["user", "-asked_at"], name="accounts_export_of_user"),
            models.Index(fields=["state", "-asked_at"], name="accounts_export_state"),
        ]

    def __str__(self) -> str:
        return f"Export asked for on {self.asked_at:%Y-%m-%d}"

    @property
    def progress(self) -> int:
        """In per cent."""
        if self.state == ExportState.READY:
            return 100
        return self.rows_done * 100 // self.rows_total if self.rows_total else 0
