import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

LONGEST_NOTES = 1000
MONDAY_TO_SUNDAY = [1, 2, 3, 4, 5, 6, 7]


class RemedyType(models.TextChoices):
    GEMSTONE = "gemstone"
    COLOR = "color", "Colour"
    RITUAL = "ritual"
    MANTRA = "mantra"
    DIETARY = "dietary"
    EXERCISE = "exercise"


def every_day() -> list[int]:
    return list(MONDAY_TO_SUNDAY)


class Remedy(models.Model):
    """A small practice that a number of a person's chart has chosen for them.

    Of each type one is current. When the chart or the texts change, it is superseded by a new one and stays for what
    was tracked of it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    remedy_type = models.CharField(max_length=16, choices=RemedyType)
    position = models.CharField(max_length=32, help_text="The position of the chart that chose it.")
    number = models.PositiveSmallIntegerField(help_text="The number in that position, reduced to one digit.")
    title = models.CharField(max_length=60)
    description = models.CharField(max_length=420)
    recommendation = models.CharField(max_length=320)
    reason = models.CharField(max_length=300, help_text="Why the chart asks for it, in a sentence.")
    content_version = models.PositiveSmallIntegerField(help_text="The version of the texts it was made from.")
    is_active = models.BooleanField(default=True, help_text="Whether the person practises it; they may put it aside.")
    reminder_time = models.TimeField(null=True, blank=True, help_text="By the clock of where the person lives.")
    reminder_weekdays = ArrayField(
        models.PositiveSmallIntegerField(), default=every_day, help_text="1 is Monday, 7 is Sunday."
    )
    next_reminder_at = models.DateTimeField(null=True, blank=True)
    superseded_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name_plural = "remedies"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "remedy_type"],
                condition=Q(superseded_at__isnull=True),
                name="numerology_one_remedy_of_a_type",
            ),
            models.CheckConstraint(condition=Q(remedy_type__in=RemedyType.values), name="numerology_remedy_type_known"),
            models.CheckConstraint(condition=Q(number__range=(1, 9)), name="numerology_remedy_single_digit"),
            models.CheckConstraint(
                condition=Q(reminder_weekdays__contained_by=MONDAY_TO_SUNDAY) & ~Q(reminder_weekdays=[]),
                name="numerology_remedy_weekdays_known",
            ),
            models.CheckConstraint(
                condition=Q(next_reminder_at__isnull=True)
                | Q(reminder_time__isnull=False, is_active=True, superseded_at__isnull=True),
                name="numerology_reminder_of_what_is_practised",
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-created_at"], name="numerology_remedies_of_user"),
            models.Index(
                fields=["next_reminder_at"],
                condition=Q(next_reminder_at__isnull=False),
                name="numerology_reminders_due",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_remedy_type_display()}: {self.title}"


class RemedyTracking(models.Model):
    """Whether a person practised a remedy on a day; saying it again changes what was said."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    remedy = models.ForeignKey(Remedy, on_delete=models.CASCADE, related_name="trackings", db_index=False)
    date = models.DateField()
    is_completed = models.BooleanField()
    notes = models.TextField(max_length=LONGEST_NOTES, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["remedy", "date"], name="numerology_one_tracking_a_day"),
        ]
        indexes = [
            models.Index(F("user"), F("date").desc(), name="numerology_trackings_of_user"),
            models.Index(fields=["-date"], name="numerology_trackings_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.date}: {'done' if self.is_completed else 'not done'}"
