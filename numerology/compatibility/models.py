import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from numerology.charts.models import CalculationSystem
from numerology.engine.compatibility.score import Relationship

LONGEST_NAME = 200


class RelationshipType(models.TextChoices):
    ROMANTIC = Relationship.ROMANTIC.value, "Romantic"
    BUSINESS = Relationship.BUSINESS.value, "Business"
    FRIENDSHIP = Relationship.FRIENDSHIP.value, "Friendship"
    FAMILY = Relationship.FAMILY.value, "Family"


class CompatibilityCheck(models.Model):
    """What a person was told about themselves and somebody else, with everything it was worked out from.

    Written once: a corrected name or birth date leaves it as it was, and the next check is another row.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    full_name = models.CharField(max_length=LONGEST_NAME, help_text="The person's own name at that time.")
    latin_name = models.CharField(max_length=LONGEST_NAME, blank=True)
    birth_date = models.DateField()
    partner_name = models.CharField(max_length=LONGEST_NAME)
    partner_latin_name = models.CharField(max_length=LONGEST_NAME, blank=True)
    partner_birth_date = models.DateField()
    relationship_type = models.CharField(max_length=16, choices=RelationshipType)
    calculation_system = models.CharField(max_length=16, choices=CalculationSystem)
    compatibility_score = models.PositiveSmallIntegerField()
    breakdown = models.JSONField(help_text="What each position of the two charts brings to the score.")
    together = models.JSONField(help_text="Sum and difference of the two Life Paths, and what they say.")
    title = models.CharField(max_length=60)
    summary = models.CharField(max_length=700)
    strengths = models.JSONField()
    challenges = models.JSONField()
    advice = models.TextField()
    engine_version = models.PositiveSmallIntegerField()
    score_version = models.CharField(max_length=16)
    content_version = models.PositiveSmallIntegerField(help_text="The version of the texts it was put together from.")
    checked_on = models.DateField(help_text="The day it was where the person lives.")
    fingerprint = models.CharField(max_length=64, help_text="Of all that was compared; the same only once a day.")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "checked_on", "fingerprint"], name="numerology_compatibility_once_a_day"
            ),
            models.CheckConstraint(
                condition=Q(compatibility_score__range=(0, 100)), name="numerology_compatibility_score_in_range"
            ),
            models.CheckConstraint(
                condition=Q(relationship_type__in=RelationshipType.values), name="numerology_compatibility_type_known"
            ),
            models.CheckConstraint(
                condition=Q(calculation_system__in=CalculationSystem.values),
                name="numerology_compatibility_system_known",
            ),
            models.CheckConstraint(
                condition=Q(partner_birth_date__range=("1000-01-01", "9999-12-31")),
                name="numerology_compatibility_birth_year",
            ),
            models.CheckConstraint(
                condition=Q(partner_name__regex=r"\S"), name="numerology_compatibility_partner_named"
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-created_at", "-id"], name="numerology_checks_newest"),
            models.Index(fields=["-created_at"], name="numerology_checks_of_all"),
        ]

    def __str__(self) -> str:
        return f"Compatibility of {self.user_id} and {self.partner_name}"


class CompatibilityTally(models.Model):
    """How many checks somebody has made on `day`, the latest day it has been where they live.

    Kept apart from the checks, so that deleting one gives none back; holding the row makes counting safe.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="+")
    day = models.DateField()
    used = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "compatibility tallies"

    def __str__(self) -> str:
        return f"{self.used} checks of {self.user_id} on {self.day}"
