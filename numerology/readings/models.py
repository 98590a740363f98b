import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q


class DailyReading(models.Model):
    """What a person was told for one day; written once, so that it reads the same at night as in the morning."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    reading_date = models.DateField()
    birth_date = models.DateField(help_text="The date of birth the reading was made from.")
    personal_day_number = models.PositiveSmallIntegerField()
    lucky_number = models.PositiveSmallIntegerField(help_text="Life Path and Personal Day, added to a single digit.")
    lucky_color = models.CharField(max_length=40)
    auspicious_time = models.CharField(max_length=60)
    activity_recommendation = models.CharField(max_length=250)
    warning = models.CharField(max_length=250)
    affirmation = models.CharField(max_length=250)
    actionable_tip = models.CharField(max_length=250)
    content_version = models.PositiveSmallIntegerField(help_text="The version of the texts it was chosen from.")
    generated_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True, help_text="When the person first read it.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "reading_date"], name="numerology_one_reading_a_day"),
            models.CheckConstraint(
                condition=Q(personal_day_number__range=(1, 9)) & Q(lucky_number__range=(1, 9)),
                name="numerology_reading_single_digits",
            ),
        ]
        indexes = [models.Index(fields=["-reading_date"], name="numerology_reading_newest")]

    def __str__(self) -> str:
        return f"Reading of {self.user_id} for {self.reading_date}"
