"""Words of operators, instead of the shipped ones, as they are looked up to be sent."""

from collections.abc import Iterable, Mapping

from notifications.models import Wording
from notifications.wording.texts import Parts

Chosen = Mapping[tuple[str, str, str], Parts]


def in_use(kinds: Iterable[str], *, channels: Iterable[str], languages: Iterable[str]) -> Chosen:
    """By kind, channel and language; one query, so that a change counts from the next message on in every process."""
    found = Wording.objects.filter(
        kind__in=set(kinds), channel__in=set(channels), language__in=set(languages), is_active=True
    ).values_list("kind", "channel", "language", "parts")
    return {(kind, channel, language): parts for kind, channel, language, parts in found}
