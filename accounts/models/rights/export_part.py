from django.db import models

from accounts.models.rights.export_job import ExportJob


class ExportPart(models.Model):
    """A piece of an exported document, sealed, so that neither a dump nor an operator reads it."""

    job = models.ForeignKey(ExportJob, on_delete=models.CASCADE, related_name="parts", db_index=False)
    number = models.PositiveIntegerField()
    sealed = models.BinaryField(editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "number"], name="accounts_export_part_once")]

    def __str__(self) -> str:
        return f"Part {self.number}"
