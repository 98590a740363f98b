import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from numerology.people.kinds import RelationshipKind

LONGEST_NAME = 200
LONGEST_RELATIONSHIP = 40
LONGEST_NOTES = 2000


class PersonGender(models.TextChoices):
    """As far as a calculation asks for it."""

    MALE = "male"
    FEMALE = "female"


class Person(models.Model):
    """Somebody whose numbers a user keeps beside their own. Deleted ones can be brought back for some days."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    name = models.CharField(max_length=LONGEST_NAME, help_text="The full name at birth.")
    latin_name = models.CharField(
        max_length=LONGEST_NAME,
        blank=True,
        help_text="That name in Latin letters, where its script needs it.",
    )
    current_name = models.CharField(max_length=LONGEST_NAME, blank=True, help_text="The name used today, if another.")
    birth_date = models.DateField()
    gender = models.CharField(
        max_length=8, choices=PersonGender, blank=True, help_text="Asked for by the Kua number alone."
    )
    relationship = models.CharField(max_length=LONGEST_RELATIONSHIP, help_text="The word that the owner uses.")
    relationship_kind = models.CharField(max_length=16, choices=RelationshipKind, help_text="What that word means.")
    notes = models.TextField(max_length=LONGEST_NOTES, blank=True)
    is_active = models.BooleanField(default=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name_plural = "people"
        constraints = [
            models.CheckConstraint(condition=Q(name__regex=r"\S"), name="numerology_person_has_a_name"),
            models.CheckConstraint(
                condition=Q(birth_date__range=("1000-01-01", "9999-12-31")), name="numerology_person_birth_year"
            ),
            models.CheckConstraint(
                condition=Q(gender="") | Q(gender__in=PersonGender.values), name="numerology_person_gender_known"
            ),
            models.CheckConstraint(
                condition=Q(relationship_kind__in=RelationshipKind.values), name="numerology_person_kind_known"
            ),
            models.CheckConstraint(condition=~Q(relationship=""), name="numerology_person_relationship_named"),
            models.CheckConstraint(
                condition=Q(is_active=True, deleted_at__isnull=True) | Q(is_active=False, deleted_at__isnull=False),
                name="numerology_person_deleted_is_inactive",
            ),
        ]
        indexes = [
            models.Index(fields=["owner", "-created_at", "-id"], name="numerology_people_of_owner"),
            models.Index(fields=["-created_at"], name="numerology_people_newest"),
            models.Index(
                fields=["deleted_at"], condition=Q(deleted_at__isnull=False), name="numerology_people_deleted"
            ),
        ]

    def __str__(self) -> str:
        return self.name
