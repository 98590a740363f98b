from django.db import models

from numerai.common import clock


class Tombstone(models.Model):
    """Somebody who was erased. Of all that was known only the id is left, which was drawn by chance and leads to
    nothing, unless a backup brings the person back: then it says whom to erase again."""

    subject_id = models.UUIDField(primary_key=True, editable=False)
    erased_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["-erased_at"], name="accounts_tombstone_newest")]

    def __str__(self) -> str:
        return f"Erased on {self.erased_at:%Y-%m-%d}"
