from django.db import models

from numerai.common import clock


class DiscardedPicture(models.Model):
    """A file that is to be deleted from the storage unless a profile takes it before ``due_at``.

    Stands here before the file is written, so that one whose process died is not left behind.
    """

    name = models.CharField(max_length=80, primary_key=True, help_text="Its name in the storage, which is random.")
    due_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["due_at"], name="accounts_discarded_due")]

    def __str__(self) -> str:
        return self.name
