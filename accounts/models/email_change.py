import uuid

from django.db import models
from django.db.models import F, Q

from accounts.models.user import User


class EmailChange(models.Model):
    """One change of a person's address: asked for, confirmed by the code that went to the new address, and for three
    days undone by a link that went to the old one.

    While it can be undone the old address is held: a trigger refuses it to everybody else.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="email_changes", db_index=False)
    old_email = models.EmailField("old e-mail", max_length=254, null=True, blank=True)  # noqa: DJ001 - as User.email
    new_email = models.EmailField("new e-mail", max_length=254)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(help_text="Until when it may be confirmed.")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    revert_hash = models.BinaryField(max_length=32, null=True, editable=False, unique=True)
    revert_until = models.DateTimeField(null=True, blank=True, help_text="Until when the old address can be put back.")
    settled_at = models.DateTimeField(null=True, blank=True, help_text="When it was undone, or an older one was.")

    class Meta:
        verbose_name = "e-mail change"
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(confirmed_at__isnull=True), name="accounts_email_change_one_pending"
            ),
            models.CheckConstraint(condition=~Q(old_email=F("new_email")), name="accounts_email_change_changes"),
            models.CheckConstraint(
                condition=Q(revert_until__isnull=True)
                | Q(revert_until__isnull=False, confirmed_at__isnull=False, old_email__isnull=False),
                name="accounts_email_change_undoes_what_was",
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-created_at"], name="accounts_email_change_of_user"),
            models.Index(
                fields=["old_email", "revert_until"],
                condition=Q(revert_until__isnull=False, settled_at__isnull=True),
                name="accounts_email_change_held",
            ),
        ]

    def __str__(self) -> str:
        return f"E-mail change of {self.created_at:%Y-%m-%d %H:%M}"
