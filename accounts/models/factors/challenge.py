import uuid

from django.db import models
from django.db.models import Q

from accounts.models.session import SignInMethod
from accounts.models.user import User
from numerai.common import clock

MAX_CHALLENGE_TRIES = 5


class ChallengePurpose(models.TextChoices):
    SECOND_FACTOR = "second_factor"
    FACTOR_PROOF = "factor_proof", "proof of the second factor"
    PASSKEY_ADDED = "passkey_added", "passkey to be added"
    PASSKEY_SIGN_IN = "passkey_sign_in", "sign-in by passkey"


class FactorChallenge(models.Model):
    """Something random that we asked to be answered, once, within minutes. Only a hash of it is kept.

    ``bound_to`` is a hash of whatever must still be so when the answer comes: device, method and password.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    purpose = models.CharField(max_length=20, choices=ChallengePurpose)
    user = models.ForeignKey(
        User,
        on_delete=models.CASCADE,
        related_name="factor_challenges",
        null=True,
        blank=True,
        help_text="Empty for a sign-in by passkey, where the answer tells who it is.",
    )
    method = models.CharField("first proof", max_length=16, choices=SignInMethod, blank=True)
    token_hash = models.BinaryField(max_length=32, editable=False, unique=True)
    bound_to = models.BinaryField(max_length=32, editable=False)
    tries = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(purpose__in=ChallengePurpose.values), name="accounts_challenge_purpose_known"
            ),
            models.CheckConstraint(condition=Q(tries__lte=MAX_CHALLENGE_TRIES), name="accounts_challenge_five_tries"),
            models.CheckConstraint(
                condition=Q(purpose=ChallengePurpose.PASSKEY_SIGN_IN, user__isnull=True)
                | (~Q(purpose=ChallengePurpose.PASSKEY_SIGN_IN) & Q(user__isnull=False)),
                name="accounts_challenge_of_somebody",
            ),
            models.CheckConstraint(
                condition=Q(purpose=ChallengePurpose.SECOND_FACTOR, method__in=SignInMethod.values)
                | (~Q(purpose=ChallengePurpose.SECOND_FACTOR) & Q(method="")),
                name="accounts_challenge_method_known",
            ),
        ]
        indexes = [models.Index(fields=["expires_at"], name="accounts_challenge_expiry")]

    def __str__(self) -> str:
        return f"Challenge of {self.created_at:%Y-%m-%d %H:%M} for {self.get_purpose_display().lower()}"
