import uuid

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q

from numerai.common import clock


class DeletionState(models.TextChoices):
    ASKED = "asked", "can be undone"
    ERASING = "erasing"
    PARKED = "parked", "waits for an operator"
    UNDONE = "undone"
    DONE = "done", "erased"


OPEN_DELETION = (DeletionState.ASKED, DeletionState.ERASING, DeletionState.PARKED)


class Deletion(models.Model):
    """Somebody's wish to have their account deleted, and the job that carries it out once it can't be undone any more.

    Names the person by id instead of by foreign key: what was done is kept longer than whom it was done to. The work
    that is due next follows from the columns: what vendors would charge is held (``held_at``), then, at ``due_at``, all
    is erased; after an undo what was held is released. ``next_attempt_at`` is empty when nothing is left to do.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person_id = models.UUIDField("person's id")
    state = models.CharField(max_length=16, choices=DeletionState, default=DeletionState.ASKED)
    was_active = models.BooleanField(default=True, help_text="Whether an undo opens the account again.")
    asked_at = models.DateTimeField(default=clock.now)
    due_at = models.DateTimeField("erased from", help_text="Until then it can be undone.")
    undo_hash = models.BinaryField(max_length=32, null=True, editable=False)
    held_at = models.DateTimeField("renewals stopped", null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0, help_text="Of the step that is due.")
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=200, blank=True, help_text="A code or the type of an error.")
    report = models.JSONField(default=dict, blank=True, encoder=DjangoJSONEncoder, help_text="Rows by app and table.")

    class Meta:
        permissions = [("start_deletion", "Can start and undo the deletion of an account")]
        constraints = [
            models.UniqueConstraint(
                fields=["person_id"], condition=Q(state__in=OPEN_DELETION), name="accounts_deletion_one_open"
            ),
            models.CheckConstraint(condition=Q(state__in=DeletionState.values), name="accounts_deletion_state_known"),
            models.CheckConstraint(condition=Q(due_at__gte=F("asked_at")), name="accounts_deletion_due_later"),
            models.CheckConstraint(
                condition=Q(state=DeletionState.UNDONE, undone_at__isnull=False)
                | (~Q(state=DeletionState.UNDONE) & Q(undone_at__isnull=True)),
                name="accounts_deletion_undone_has_moment",
            ),
            models.CheckConstraint(
                condition=Q(state=DeletionState.DONE, erased_at__isnull=False)
                | (~Q(state=DeletionState.DONE) & Q(erased_at__isnull=True)),
                name="accounts_deletion_done_has_moment",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[DeletionState.ASKED, DeletionState.ERASING]) | Q(next_attempt_at__isnull=False),
                name="accounts_deletion_open_has_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state=DeletionState.ASKED) | Q(undo_hash__isnull=True), name="accounts_deletion_undo_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at"], condition=Q(next_attempt_at__isnull=False), name="accounts_deletion_due"
            ),
            models.Index(fields=["-asked_at"], name="accounts_deletion_newest"),
            models.Index(fields=["undo_hash"], condition=Q(undo_hash__isnull=False), name="accounts_deletion_of_token"),
        ]

    def __str__(self) -> str:
        return f"Deletion asked for on {self.asked_at:%Y-%m-%d}"
