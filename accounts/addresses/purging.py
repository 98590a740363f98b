from datetime import datetime

from django.db.models import Q

from accounts.models import EmailChange


def purge_email_changes(*, over_before: datetime, batch: int = 1000) -> int:
    """Delete the changes that could be confirmed, or undone, until before that moment, ``batch`` rows at a time;
    answers how many."""
    over = EmailChange.objects.filter(
        Q(revert_until__lt=over_before) | Q(revert_until__isnull=True, expires_at__lt=over_before)
    )
    purged = 0
    while ids := list(over.values_list("id", flat=True)[:batch]):
        purged += EmailChange.objects.filter(id__in=ids).delete()[0]
    return purged
