from typing import Any

from django.urls import reverse
from rest_framework import serializers

from accounts.models import ExportJob, ExportState


class ExportJobSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    status = serializers.ChoiceField(choices=ExportState.choices)
    progress = serializers.IntegerField(help_text="In per cent.")
    asked_at = serializers.DateTimeField()
    size = serializers.IntegerField(help_text="Bytes, once it is ready.")
    expires_at = serializers.DateTimeField(allow_null=True, help_text="When the file is deleted.")
    url = serializers.CharField(help_text="Where to ask again.")
    download_url = serializers.CharField(allow_null=True, help_text="Where the file is, once it is ready.")


def job_json(job: ExportJob) -> dict[str, Any]:
    """As ExportJobSerializer describes it."""
    is_there = job.is_file and job.state == ExportState.READY
    return {
        "id": str(job.pk),
        "status": job.state,
        "progress": job.progress,
        "asked_at": job.asked_at.isoformat(),
        "size": job.size,
        "expires_at": job.expires_at.isoformat() if job.expires_at else None,
        "url": reverse("export", args=[job.pk]),
        "download_url": reverse("export-file", args=[job.pk]) if is_there else None,
    }
