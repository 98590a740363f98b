import unicodedata
import uuid
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.validators import RegexValidator
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Lower

from numerai.common import clock

if TYPE_CHECKING:
    from accounts.models.profile import Profile


class Plan(models.TextChoices):
    FREE = "free"
    BASIC = "basic"
    PREMIUM = "premium"
    ELITE = "elite"


LONGEST_DOMAIN = 1024


class UserManager(BaseUserManager["User"]):
    def create_user(self, *, email: str | None = None, password: str | None = None, **fields: Any) -> "User":
        """A person with an empty profile; without ``password`` they cannot sign in by one."""
        from accounts.models.profile import Profile

        user = self.model(email=normalise_email(email), **fields)
        user.set_password(password)
        self.add(user, Profile())
        return user

    def add(self, user: "User", profile: "Profile") -> None:
        """Save ``user`` and ``profile`` as one: nobody is without a profile."""
        profile.user = user
        profile.note_completion()
        with transaction.atomic(using=self._db):
            user.save(using=self._db, force_insert=True)
            profile.save(using=self._db, force_insert=True)

    def create_superuser(self, *, email: str, password: str | None = None, **fields: Any) -> "User":
        fields |= {"is_staff": True, "is_superuser": True, "email_verified_at": clock.now()}
        return self.create_user(email=email, password=password, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        # None would ask for "email IS NULL", which every person without an address matches.
        return self.get(email=normalise_email(username) or "")


def normalise_email(email: str | None) -> str | None:
    """The one form in which an address is kept, compared and written to: lower case, the domain in ASCII.

    None when there is none. Mail goes to this form, never to what was typed, so two spellings that become one here
    cannot be used to receive another person's mail.
    """
    local, at, domain = (email or "").strip().lower().rpartition("@")
    # A domain that cannot be written in ASCII does not exist: the address simply matches nobody's.
    # Longer ones do not exist either, and would take time with the square of their length.
    if len(domain) > LONGEST_DOMAIN:
        return f"{local}{at}{domain}"
    with suppress(UnicodeError):
        domain = domain.encode("idna").decode("ascii")
    return f"{local}{at}{domain}" or None


def in_one_form(password: str) -> str:
    """``password`` in the form that is hashed: keyboards write one letter in several ways."""
    return unicodedata.normalize("NFKC", password)


PHONE = r"^\+[1-9]\d{6,14}$"


class User(AbstractBaseUser, PermissionsMixin):
    """A person who can sign in, by e-mail or by phone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField("e-mail", max_length=254, null=True, blank=True)  # noqa: DJ001 - as below
    phone = models.CharField(  # noqa: DJ001 - NULL is never a duplicate
        max_length=16,
        null=True,
        blank=True,
        validators=[RegexValidator(PHONE)],
        help_text="E.164, such as +14155550123. Until it is verified it is only a note and signs nobody in.",
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
    session_epoch = models.PositiveIntegerField(
        default=0, editable=False, help_text="How often all sessions were ended: an admin login of before is void."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    # Django's column would know of admin sign-ins only; the sessions tell when somebody came.
    last_login = None

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["email"], name="accounts_user_email_unique"),
            models.CheckConstraint(
                condition=~Q(email="") & Q(email=Lower("email")), name="accounts_user_email_normalised"
            ),
            # Only a verified number is an identity: a note of somebody else's number must not keep them out.
            models.UniqueConstraint(
                fields=["phone"],
                condition=Q(phone_verified_at__isnull=False),
                name="accounts_user_verified_phone_unique",
            ),
            # For people without an address the number is the identity they have asked for, verified or not yet.
            models.UniqueConstraint(
                fields=["phone"], condition=Q(email__isnull=True), name="accounts_user_lone_phone_unique"
            ),
            models.CheckConstraint(
                condition=Q(phone__isnull=True) | Q(phone__regex=PHONE), name="accounts_user_phone_e164"
            ),
            models.CheckConstraint(
                condition=Q(email__isnull=False) | Q(phone__isnull=False), name="accounts_user_reachable"
            ),
            models.CheckConstraint(condition=Q(plan__in=Plan.values), name="accounts_user_plan_known"),
        ]
        indexes = [models.Index(fields=["-created_at"], name="accounts_user_newest")]

    def __str__(self) -> str:
        return self.email or self.phone or str(self.id)

    @property
    def timezone(self) -> str:
        """IANA name; "UTC" for one who is not a row and has no profile."""
        return "UTC" if self._state.adding else self.profile.timezone

    @property
    def locale(self) -> str:
        """BCP 47 tag of the language to be addressed in."""
        return "en" if self._state.adding else self.profile.locale

    def get_session_auth_hash(self) -> str:
        """What an admin login is compared with at every request: Django's, which tells one password from another,
        and how often all sessions were ended."""
        return f"{super().get_session_auth_hash()}:{self.session_epoch}"

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        for with_old_key in super().get_session_auth_fallback_hash():
            yield f"{with_old_key}:{self.session_epoch}"

    def clean(self) -> None:
        self.email = normalise_email(self.email)

    def set_password(self, raw_password: str | None) -> None:
        super().set_password(None if raw_password is None else in_one_form(raw_password))

    def check_password(self, raw_password: str | None) -> bool:
        return super().check_password(None if raw_password is None else in_one_form(raw_password))

    @property
    def is_verified(self) -> bool:
        return self.email_verified_at is not None or self.phone_verified_at is not None

    @property
    def has_been_in(self) -> bool:
        """Whether somebody has ever signed in, though sessions are forgotten a month after their end."""
        return self.session_epoch > 0 or self.sessions.exists()

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
