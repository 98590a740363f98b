from django.db import models

from accounts.models.user import User


class ResetLink(models.Model):
    """The newest link that was mailed to a person who has forgotten their password; another one replaces it.

    Of its 256-bit token only the hash is kept, and beside it to which address and which password it is bound: once one
    of them is another, the link means nothing any more.
    """

    user = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True, related_name="reset_link")
    token_hash = models.BinaryField(max_length=32, editable=False, unique=True)
    bound_to = models.BinaryField(max_length=32, editable=False)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="accounts_reset_link_expiry")]

    def __str__(self) -> str:
        return f"Reset link of {self.created_at:%Y-%m-%d %H:%M}"
