import uuid
from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q

from numerology.content.catalogue import DIGITS, WITH_MASTERS
from numerology.engine import CalculationSystem as EngineSystem


class CalculationSystem(models.TextChoices):
    PYTHAGOREAN = EngineSystem.PYTHAGOREAN.value, "Pythagorean"
    CHALDEAN = EngineSystem.CHALDEAN.value, "Chaldean"


class NumerologyProfile(models.Model):
    """Somebody's lasting numbers, with the inputs they were calculated from: the user's own, or of one of their people.

    The Personal Year and Month are not kept: they belong to a date, and a stored one would be wrong next month.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", help_text="To whom the row belongs."
    )
    person = models.OneToOneField(
        "numerology.Person",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="numbers",
        help_text="Whose numbers they are; empty for the user's own.",
    )
    full_name = models.CharField(max_length=200, help_text="The name the numbers were calculated from.")
    latin_name = models.CharField(
        max_length=200, blank=True, help_text="How the person spells that name in Latin letters, where it needs saying."
    )
    birth_date = models.DateField(help_text="The date the numbers were calculated from.")
    calculation_system = models.CharField(max_length=16, choices=CalculationSystem)
    life_path_number = models.PositiveSmallIntegerField()
    destiny_number = models.PositiveSmallIntegerField()
    soul_urge_number = models.PositiveSmallIntegerField(null=True, help_text="Empty for a name without vowels.")
    personality_number = models.PositiveSmallIntegerField(null=True, help_text="Empty for a name without consonants.")
    attitude_number = models.PositiveSmallIntegerField()
    maturity_number = models.PositiveSmallIntegerField()
    balance_number = models.PositiveSmallIntegerField()
    engine_version = models.PositiveSmallIntegerField(help_text="An older version is calculated anew when read.")
    calculated_at = models.DateTimeField()
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(person__isnull=True), name="numerology_profile_one_of_ones_own"
            ),
            models.CheckConstraint(
                condition=Q(calculation_system__in=CalculationSystem.values), name="numerology_profile_system_known"
            ),
            models.CheckConstraint(
                condition=Q(life_path_number__in=WITH_MASTERS)
                & Q(destiny_number__in=WITH_MASTERS)
                & (Q(soul_urge_number__isnull=True) | Q(soul_urge_number__in=WITH_MASTERS))
                & (Q(personality_number__isnull=True) | Q(personality_number__in=WITH_MASTERS))
                & Q(maturity_number__in=WITH_MASTERS),
                name="numerology_profile_numbers_with_masters",
            ),
            models.CheckConstraint(
                condition=Q(attitude_number__in=DIGITS) & Q(balance_number__in=DIGITS),
                name="numerology_profile_single_digits",
            ),
        ]
        indexes = [models.Index(fields=["-calculated_at"], name="numerology_profile_newest")]

    def __str__(self) -> str:
        return f"Numbers of {self.user_id}"

    def is_made_from(self, *, full_name: str, latin_name: str, birth_date: date, engine_version: int) -> bool:
        """Whether calculating again from these inputs would give the same numbers."""
        names, told = (self.full_name, self.latin_name), (full_name, latin_name)
        return names == told and (self.birth_date, self.engine_version) == (birth_date, engine_version)
