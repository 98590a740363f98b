import uuid
from datetime import datetime
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from numerai.common import clock


class Plan(models.TextChoices):
    FREE = "free"
    BASIC = "basic"
    PREMIUM = "premium"
    ELITE = "elite"


class UserManager(BaseUserManager["User"]):
    def create_user(self, *, email: str | None = None, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=normalise_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        Profile.objects.create(user=user)
        return user

    def create_superuser(self, *, email: str, password: str | None = None, **fields: Any) -> "User":
        fields |= {"is_staff": True, "is_superuser": True, "email_verified_at": clock.now()}
        return self.create_user(email=email, password=password, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=(username or "").strip())


def normalise_email(email: str | None) -> str | None:
    """E-mail addresses are kept and compared without case; None when there is none."""
    return email.strip().lower() or None if email else None


class User(AbstractBaseUser, PermissionsMixin):
    """A person who can sign in, by e-mail or by phone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField("e-mail", max_length=254, null=True, blank=True)  # noqa: DJ001
    phone = models.CharField(
        max_length=16,
        null=True,
        blank=True,
        unique=True,
        validators=[RegexValidator(r"^\+[1-9]\d{6,14}$")],
        help_text="E.164, such as +14155550123",
    )
    full_name = models.CharField(max_length=200)
    email_verified_at = models.DateTimeField("e-mail verified", null=True, blank=True)
    phone_verified_at = models.DateTimeField("phone verified", null=True, blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField("operator", default=False, help_text="May sign in to the admin.")
    plan = models.CharField(
        max_length=16,
        choices=Plan,
        default=Plan.FREE,
        editable=False,
        help_text="What is paid for, written by payments only.",
    )
    plan_until = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="accounts_user_email_unique"),
            models.CheckConstraint(
                condition=Q(email__isnull=False) | Q(phone__isnull=False), name="accounts_user_reachable"
            ),
            models.CheckConstraint(condition=~Q(email=""), name="accounts_user_email_not_empty"),
            models.CheckConstraint(
                condition=Q(phone__isnull=True) | Q(phone__regex=r"^\+[1-9]\d{6,14}$"),
                name="accounts_user_phone_e164",
            ),
            models.CheckConstraint(condition=Q(plan__in=Plan.values), name="accounts_user_plan_known"),
        ]
        indexes = [models.Index(fields=["-created_at"], name="accounts_user_newest")]

    def __str__(self) -> str:
        return self.email or self.phone or str(self.id)

    @property
    def is_verified(self) -> bool:
        return self.email_verified_at is not None or self.phone_verified_at is not None

    @property
    def subscription_plan(self) -> str:
        """The plan whose features the person has at this moment."""
        return self.plan_at(clock.now())

    @property
    def is_premium(self) -> bool:
        return self.subscription_plan != Plan.FREE

    def plan_at(self, moment: datetime) -> str:
        is_over = self.plan_until is not None and self.plan_until <= moment
        return Plan.FREE if is_over else self.plan


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
    profile_picture_url = models.URLField(max_length=500, blank=True)
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
        ]

    def __str__(self) -> str:
        return f"Profile of {self.user_id}"


class SessionEnd(models.TextChoices):
    LOGOUT = "logout"
    TOKEN_REUSE = "token_reuse"
    PASSWORD_CHANGE = "password_change"
    OPERATOR = "operator"


class Session(models.Model):
    """One sign-in on one device: a family of refresh tokens of which only the newest works.

    Only hashes of 256-bit secrets are kept, so that a dump of this table signs nobody in.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sessions")
    secret_hash = models.BinaryField(max_length=32, editable=False)
    previous_hash = models.BinaryField(max_length=32, null=True, editable=False)
    rotated_at = models.DateTimeField()
    idle_until = models.DateTimeField()
    ends_at = models.DateTimeField(help_text="Never extended by rotation.")
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoke_reason = models.CharField(max_length=20, choices=SessionEnd, blank=True)
    device = models.CharField(max_length=200, blank=True)
    address = models.GenericIPAddressField(null=True, blank=True, help_text="Truncated: IPv4 to /24, IPv6 to /48")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoke_reason="")
                | Q(revoked_at__isnull=False, revoke_reason__in=SessionEnd.values),
                name="accounts_session_end_has_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-created_at"], name="accounts_session_of_user"),
            models.Index(fields=["idle_until"], name="accounts_session_idle"),
        ]

    def __str__(self) -> str:
        return f"{self.device or 'Unknown device'} since {self.created_at:%Y-%m-%d}"
