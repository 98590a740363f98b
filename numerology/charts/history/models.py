import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from numerology.charts.models import CalculationSystem


class CalculationReason(models.TextChoices):
    """What made the numbers other ones than before."""

    FIRST = "first"
    ASKED = "asked", "Another system was asked for"
    NAME_CHANGED = "name_changed"
    BIRTH_DATE_CHANGED = "birth_date_changed"
    ENGINE_CHANGED = "engine_changed"


class ProfileCalculation(models.Model):
    """What somebody's numbers have been: a row each time they, or what they are made from, became something else.

    The newest row says what the profile says. Written once and never changed; the oldest go when there are many.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
        help_text="To whom the row belongs.",
    )
    person = models.ForeignKey(
        "numerology.Person",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        help_text="Whose numbers they were; empty for the user's own.",
    )
    place = models.PositiveIntegerField(help_text="The how manieth of this person, from 1.")
    reason = models.CharField(max_length=20, choices=CalculationReason)
    full_name = models.CharField(max_length=200)
    latin_name = models.CharField(max_length=200, blank=True)
    birth_date = models.DateField()
    calculation_system = models.CharField(max_length=16, choices=CalculationSystem)
    life_path_number = models.PositiveSmallIntegerField()
    destiny_number = models.PositiveSmallIntegerField()
    soul_urge_number = models.PositiveSmallIntegerField(null=True)
    personality_number = models.PositiveSmallIntegerField(null=True)
    attitude_number = models.PositiveSmallIntegerField()
    maturity_number = models.PositiveSmallIntegerField()
    balance_number = models.PositiveSmallIntegerField()
    engine_version = models.PositiveSmallIntegerField(help_text="The first version that gave these numbers.")
    calculated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "place"], condition=Q(person__isnull=True), name="numerology_calculation_place_of_own"
            ),
            models.UniqueConstraint(
                fields=["person", "place"],
                condition=Q(person__isnull=False),
                name="numerology_calculation_place_of_person",
            ),
            models.CheckConstraint(condition=Q(place__gt=0), name="numerology_calculation_place_from_one"),
            models.CheckConstraint(
                condition=Q(reason__in=CalculationReason.values), name="numerology_calculation_reason_known"
            ),
            models.CheckConstraint(
                condition=Q(reason=CalculationReason.FIRST, place=1)
                | (~Q(reason=CalculationReason.FIRST) & Q(place__gt=1)),
                name="numerology_calculation_first_is_first",
            ),
            models.CheckConstraint(
                condition=Q(calculation_system__in=CalculationSystem.values),
                name="numerology_calculation_system_known",
            ),
        ]
        indexes = [
            models.Index(fields=["user"], name="numerology_calculation_of_user"),
            models.Index(fields=["-calculated_at"], name="numerology_calculation_newest"),
        ]

    def __str__(self) -> str:
        return f"Numbers of {self.user_id} since {self.calculated_at:%Y-%m-%d}"
