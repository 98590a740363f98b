import uuid

from django.db import models
from django.db.models import F, Q

from numerai.common import clock


class RoundState(models.TextChoices):
    PENDING = "pending"
    RUNNING = "running"
    DONE = "done"
    MISSED = "missed", "missed: the day was over"
    FAILED = "failed"


OPEN = (RoundState.PENDING, RoundState.RUNNING)


class ReadingRound(models.Model):
    """One day in one time zone, in which everybody there who reads is given the reading of that day.

    People are taken in the order of their ids, batch by batch; ``after`` is the last who was looked at. A batch moves
    it on in the transaction that makes the readings, so nobody is taken twice and nobody is left out.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    zone = models.CharField("time zone", max_length=64, help_text="IANA name")
    reading_date = models.DateField()
    state = models.CharField(max_length=16, choices=RoundState, default=RoundState.PENDING)
    after = models.UUIDField(null=True, blank=True, editable=False)
    seen = models.PositiveIntegerField(default=0, help_text="People who were looked at.")
    made = models.PositiveIntegerField(default=0, help_text="Readings that were made.")
    told = models.PositiveIntegerField(default=0, help_text="People who were told of theirs.")
    attempts = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True, blank=True, default=clock.now)
    lease_until = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=200, blank=True, help_text="The type of an error.")
    created_at = models.DateTimeField(default=clock.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["reading_date", "zone"], name="numerology_one_round_a_day"),
            models.CheckConstraint(condition=Q(state__in=RoundState.values), name="numerology_round_state_known"),
            models.CheckConstraint(
                condition=Q(state=RoundState.RUNNING, lease_until__isnull=False)
                | (~Q(state=RoundState.RUNNING) & Q(lease_until__isnull=True)),
                name="numerology_round_leased_while_running",
            ),
            models.CheckConstraint(
                condition=~Q(state=RoundState.PENDING) | Q(next_attempt_at__isnull=False),
                name="numerology_round_pending_has_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state__in=OPEN, finished_at__isnull=True)
                | (~Q(state__in=OPEN) & Q(finished_at__isnull=False, after__isnull=True)),
                name="numerology_round_ended_names_nobody",
            ),
            models.CheckConstraint(
                condition=Q(told__lte=F("made"), made__lte=F("seen")), name="numerology_round_figures_fit"
            ),
        ]
        indexes = [
            models.Index(fields=["created_at"], condition=Q(state__in=OPEN), name="numerology_rounds_open"),
            models.Index(fields=["finished_at"], name="numerology_rounds_finished"),
        ]

    def __str__(self) -> str:
        return f"{self.zone}, {self.reading_date:%Y-%m-%d}"
