"""Telling many people the same kind of thing, each in words of their own."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from notifications import asked, kinds, wording
from notifications.broadcasts.people import Planned, planned_for
from notifications.deliveries.planning import Row, spread
from notifications.kinds import Kind
from notifications.models import Delivery, Notification
from notifications.stream.events import announce
from notifications.tasks import sweep_deliveries
from notifications.vocabulary import ChannelName, DeliveryStatus, Reason
from notifications.wording import Words
from numerai.common import clock
from numerai.common.jobs import enqueue


def notify_each(
    told: Mapping[UUID, dict[str, Any]],
    *,
    kind: str,
    dedupe_key: str,
    action_url: str = "",
    expires_at: datetime | None = None,
    not_before: datetime | None = None,
) -> int:
    """As ``notify`` for every person in ``told``, which has the context of each by id; answers how many were told.

    Who has one of that ``dedupe_key`` already is not told again. The centre has it at once; whatever wakes somebody
    leaves at ``not_before`` at the earliest, and not at all when the person has read it by then. The number of queries
    does not depend on how many they are, so mind how many that is: all rows are one transaction's, which is the
    caller's if there is one. Raises what ``notify`` raises.
    """
    registered = kinds.get(kind)
    if registered.is_addressed or registered.resolve_context is not None:
        raise ValueError(f"{kind} is told to one person at a time.")
    asked.refuse_unsafe(action_url)
    priority, now = asked.priority_of(registered, None), clock.now()
    plans = list(planned_for(told, registered, priority, now)) if told else []
    if not plans:
        return 0
    drafting = _Drafting(registered, action_url)
    drafts = [drafting.draft(plan, asked.plain(told[plan.person.pk])) for plan in plans]
    for draft in drafts:
        draft.dedupe_key, draft.priority, draft.expires_at = dedupe_key, priority, expires_at
    with transaction.atomic():
        made = _insert(drafts, dedupe_key)
        _start(made, plans, not_before)
    return len(made)


class _Drafting:
    """Looks words up once for each language."""

    def __init__(self, kind: Kind, action_url: str) -> None:
        self.kind, self.action_url = kind, action_url
        self._words: dict[str, Words] = {}

    def draft(self, plan: Planned, data: dict[str, Any]) -> Notification:
        person = plan.person
        draft = Notification(
            recipient_id=person.pk,
            kind=self.kind.name,
            notification_type=self.kind.notification_type,
            data=data,
            action_url=self.action_url,
            in_centre=plan.in_centre,
        )
        if plan.in_centre:
            words = self._in(person.locale)
            context = wording.context_for(recipient=person, data=data, action_url=self.action_url)
            said = words.render(context)
            draft.title, draft.message, draft.language = said["title"], said["message"], words.language
        return draft

    def _in(self, locale: str) -> Words:
        if locale not in self._words:
            self._words[locale] = wording.words_for(self.kind, ChannelName.IN_APP, locale)
        return self._words[locale]


def _insert(drafts: list[Notification], dedupe_key: str) -> dict[UUID, Notification]:
    """Those that are new, by person and with their ids."""
    # Two who insert the same people go through them in one order, so that neither waits for the other for ever.
    Notification.objects.bulk_create(sorted(drafts, key=lambda each: each.recipient_id), ignore_conflicts=True)
    kept = Notification.objects.filter(recipient__in=[each.recipient_id for each in drafts], dedupe_key=dedupe_key)
    ids = dict(kept.values_list("public_id", "pk"))
    made = {}
    for draft in drafts:
        if draft.public_id in ids:
            draft.pk = ids[draft.public_id]
            made[draft.recipient_id] = draft
    return made


def _start(made: Mapping[UUID, Notification], plans: list[Planned], not_before: datetime | None) -> None:
    deliveries = [
        Delivery(notification=made[plan.person.pk], **_put_off(row, not_before)._asdict())
        for plan in plans
        if plan.person.pk in made
        for row in plan.deliveries
    ]
    Delivery.objects.bulk_create(deliveries)
    if any(each.status == DeliveryStatus.PENDING for each in deliveries):
        enqueue(sweep_deliveries)
    shown = [each.pk for each in made.values() if each.in_centre]
    transaction.on_commit(lambda: announce(shown), robust=True)


def _put_off(row: Row, until: datetime | None) -> Row:
    if until is None or row.next_attempt_at is None or row.next_attempt_at >= until:
        return row
    return row._replace(
        status=DeliveryStatus.DEFERRED, reason=Reason.QUIET_HOURS, next_attempt_at=spread(until), deferrals=1
    )
