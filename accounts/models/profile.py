import uuid

from django.core.files.storage import default_storage
from django.db import models
from django.db.models import Q

from accounts.models.user import User
from numerai.common import clock

LANGUAGE_TAG = r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$"


class Gender(models.TextChoices):
    MALE = "male"
    FEMALE = "female"
    OTHER = "other"
    PREFER_NOT_TO_SAY = "prefer_not_to_say"


class Profile(models.Model):
    """What a person tells about themselves; one row for every user."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="profile")
    date_of_birth = models.DateField(null=True, blank=True)
    gender = models.CharField(max_length=20, choices=Gender, blank=True)
    timezone = models.CharField("time zone", max_length=64, default="UTC", help_text="IANA name")
    location = models.CharField(max_length=200, blank=True)
    bio = models.CharField(max_length=1000, blank=True)
    locale = models.CharField("language", max_length=35, default="en", help_text="BCP 47 tag")
    picture = models.CharField(max_length=80, blank=True, editable=False, help_text="Its name in the storage.")
    profile_completed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(gender="") | Q(gender__in=Gender.values), name="accounts_profile_gender_known"
            ),
            models.CheckConstraint(
                condition=Q(date_of_birth__isnull=True) | Q(date_of_birth__gte="1000-01-01"),
                name="accounts_profile_birth_year_1000",
            ),
            models.CheckConstraint(condition=Q(locale__regex=LANGUAGE_TAG), name="accounts_profile_locale_is_a_tag"),
        ]
        indexes = [
            # Who has a date of birth, zone by zone: what begins with somebody's day asks for them in that order.
            models.Index(
                fields=["timezone", "user"], condition=Q(date_of_birth__isnull=False), name="accounts_profile_of_zone"
            )
        ]

    def __str__(self) -> str:
        return f"Profile of {self.user_id}"

    @property
    def profile_picture_url(self) -> str:
        """Where the picture is served, "" if there is none; without a host where pictures are served by this one."""
        return default_storage.url(self.picture) if self.picture else ""

    def note_completion(self) -> None:
        """A chart can be drawn once name and birth date are known; the first time is kept."""
        if self.profile_completed_at is None and self.date_of_birth is not None and self.user.full_name:
            self.profile_completed_at = clock.now()
