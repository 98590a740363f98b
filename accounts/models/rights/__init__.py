"""What follows from a person's rights to their data: exports, deletions, and who was erased."""

from accounts.models.rights.deletion import OPEN_DELETION, Deletion, DeletionState
from accounts.models.rights.export_job import OPEN_EXPORT, ExportJob, ExportState
from accounts.models.rights.export_part import ExportPart
from accounts.models.rights.tombstone import Tombstone

__all__ = [
    "OPEN_DELETION",
    "OPEN_EXPORT",
    "Deletion",
    "DeletionState",
    "ExportJob",
    "ExportPart",
    "ExportState",
    "Tombstone",
]
