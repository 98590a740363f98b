import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from numerai.common import clock


class ImportState(models.TextChoices):
    PENDING = "pending"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


OPEN_IMPORT = (ImportState.PENDING, ImportState.RUNNING)


class PeopleImport(models.Model):
    """A file of people, taken over batch by batch. Its rows are kept until it ends, and what became of them longer."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    state = models.CharField(max_length=16, choices=ImportState, default=ImportState.PENDING)
    rows = models.JSONField(default=list, blank=True, help_text="The rows as they were typed; emptied at the end.")
    total = models.PositiveIntegerField(default=0, help_text="Rows of the file.")
    done = models.PositiveIntegerField(default=0, help_text="Rows that were looked at.")
    created = models.PositiveIntegerField(default=0, help_text="People who were added.")
    failed = models.PositiveIntegerField(default=0, help_text="Rows that were not taken over.")
    errors = models.JSONField(default=list, blank=True, help_text="Why: row, field, code and detail.")
    attempts = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True, blank=True, default=clock.now)
    lease_until = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=200, blank=True, help_text="The type of an error.")
    created_at = models.DateTimeField(default=clock.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ImportState.values), name="numerology_import_state_known"),
            models.UniqueConstraint(
                fields=["owner"], condition=Q(state__in=OPEN_IMPORT), name="numerology_import_one_open"
            ),
            models.CheckConstraint(
                condition=Q(state=ImportState.RUNNING, lease_until__isnull=False)
                | (~Q(state=ImportState.RUNNING) & Q(lease_until__isnull=True)),
                name="numerology_import_leased_while_running",
            ),
            models.CheckConstraint(
                condition=~Q(state=ImportState.PENDING) | Q(next_attempt_at__isnull=False),
                name="numerology_import_pending_has_a_time",
            ),
            models.CheckConstraint(
                condition=Q(done__lte=F("total"), done=F("created") + F("failed")),
                name="numerology_import_progress_whole",
            ),
            models.CheckConstraint(
                condition=Q(state__in=OPEN_IMPORT, finished_at__isnull=True) | Q(rows=[], finished_at__isnull=False),
                name="numerology_import_ended_without_rows",
            ),
        ]
        indexes = [
            models.Index(fields=["owner", "-created_at", "-id"], name="numerology_imports_of_owner"),
            models.Index(fields=["finished_at"], name="numerology_imports_finished"),
        ]

    def __str__(self) -> str:
        return f"Import of {self.created_at:%Y-%m-%d}"

    @property
    def progress(self) -> int:
        """In per cent."""
        return self.done * 100 // self.total if self.total else 100
