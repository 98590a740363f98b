from django.db import transaction

from accounts.models import User
from numerai.common.jobs import enqueue
from numerology.people.imports.errors import ImportRunning
from numerology.people.imports.models import OPEN_IMPORT, PeopleImport
from numerology.people.imports.reading import rows_of
from numerology.people.services import locked
from numerology.tasks import import_people


def begin(*, owner: User, raw: bytes) -> PeopleImport:
    """Have a file of people taken over. Raises PeopleFileNotAccepted, and ImportRunning while another one is."""
    rows = rows_of(raw)
    with transaction.atomic():
        locked(owner)
        if PeopleImport.objects.filter(owner=owner, state__in=OPEN_IMPORT).exists():
            raise ImportRunning
        job = PeopleImport.objects.create(owner=owner, rows=rows, total=len(rows))
        enqueue(import_people, str(job.pk))
    return job
