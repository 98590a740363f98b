"""Ending mails by the link that stands in them."""

from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction

from notifications import kinds
from notifications.kinds import Kind
from notifications.models import Preference
from notifications.preferences.changing import write_cells
from notifications.preferences.deciding import SWITCH
from notifications.stream.events import publish
from notifications.unsubscribing.links import EVERYTHING, OF_CATEGORY, Link


def holder(link: Link) -> Any:
    """Whose link it is; None when the account is closed or erased, or when there is nothing left that it could end."""
    people = get_user_model()._default_manager.select_related(*settings.NOTIFICATION_RECIPIENT_WITH)
    person = people.filter(pk=link.user_id, is_active=True).first()
    return person if person and (link.what == EVERYTHING or ended_by(link)) else None


def ended_by(link: Link) -> tuple[Kind, ...]:
    """The kinds that ``link`` switches off one by one."""
    category = link.what.removeprefix(OF_CATEGORY)
    return tuple(
        kind
        for kind in kinds.registered()
        if (kind.name == link.what or (link.what.startswith(OF_CATEGORY) and kind.category == category))
        and link.channel in kind.possible_channels
        and link.channel not in kind.locked_channels
    )


def unsubscribe(link: Link) -> None:
    """Switch off what ``link`` says; again and again it changes nothing more."""
    with transaction.atomic():
        if link.what == EVERYTHING:
            # A kind that was turned on by itself would outlast the switch.
            Preference.objects.filter(user=link.user_id, channel=link.channel, is_on=True).delete()
            write_cells(link.user_id, {(SWITCH, link.channel): False})
        else:
            write_cells(link.user_id, {(kind.name, link.channel): False for kind in ended_by(link)})
        publish(link.user_id, "prefs", {})
