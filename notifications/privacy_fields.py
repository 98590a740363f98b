"""What becomes of every column of notifications."""

from typing import Any

from notifications.models import Delivery, Destination, Notification
from numerai.common.privacy import Table, cut, hidden, impersonal, plain, told


def _notification(row: Notification) -> dict[str, Any]:
    return {
        "id": str(row.public_id),
        "kind": row.kind,
        "type": row.notification_type,
        "title": row.title,
        "message": row.message,
        "data": row.data,
        "action_url": row.action_url,
        "language": row.language,
        "occurrences": row.occurrences,
        "created_at": plain(row.created_at),
        "archived_at": plain(row.archived_at),
        "read_at": plain(row.read_at),
        "deleted_at": plain(row.deleted_at),
        "deliveries": [_delivery(delivery) for delivery in row.deliveries.all()],
    }


def _delivery(row: Delivery) -> dict[str, Any]:
    return {
        "channel": row.channel,
        "destination": row.destination,
        "status": row.status,
        "reason": row.reason,
        "sent_at": plain(row.sent_at),
        "delivered_at": plain(row.delivered_at),
    }


def _destination(row: Destination) -> dict[str, Any]:
    return {
        "id": str(row.public_id),
        "channel": row.channel,
        "device_type": row.device_type,
        "name": row.name,
        "timezone": row.timezone,
        "created_at": plain(row.created_at),
        "registered_at": plain(row.registered_at),
        "succeeded_at": plain(row.succeeded_at),
        "disabled_at": plain(row.disabled_at),
        "disabled_reason": row.disabled_reason,
    }


TABLES = (
    Table(
        "notifications.Notification",
        (
            told("public_id kind notification_type title message language data action_url occurrences"),
            told("created_at read_at archived_at deleted_at"),
            hidden("id recipient priority in_centre expires_at dedupe_key group_key version"),
        ),
        owner="recipient_id",
        section="notifications",
        purpose="What we told you.",
        until="As long as its kind is kept, mostly a year; 30 days after you deleted it; never more than the newest "
        "5,000. What is urgent stays until you have read it.",
        is_deleted=True,
        row=_notification,
        prefetched=("deliveries",),
        order="id",
    ),
    Table(
        "notifications.Delivery",
        (
            told("channel destination status reason sent_at delivered_at"),
            hidden("id notification attempts next_attempt_at lease_until last_error_code last_error"),
            hidden("provider provider_message_id created_at rank digest deferrals"),
        ),
        owner="notification__recipient_id",
        section="notifications",
        purpose="By which way it went, and to which address.",
        until="90 days, or as long as what it told of, if that is shorter.",
        is_deleted=True,
        is_part=True,
    ),
    Table(
        "notifications.Destination",
        (
            told("public_id channel device_type name timezone created_at registered_at succeeded_at"),
            told("disabled_at disabled_reason"),
            hidden("id user sealed_address address_digest failing_since failures"),
        ),
        owner="user_id",
        section="notification_destinations",
        purpose="The browsers, phones and channels that you want to be told on.",
        until="Until you remove it, or as long as the account exists.",
        is_deleted=True,
        row=_destination,
        order="id",
    ),
    Table(
        "notifications.Preference",
        (told("kind channel is_on changed_at"), hidden("id user")),
        owner="user_id",
        section="notification_preferences",
        purpose="What you want to be told, and by which way.",
        until="As long as the account exists.",
        is_deleted=True,
        order="id",
    ),
    Table(
        "notifications.Schedule",
        (told("muted_until is_quiet quiet_days quiet_start quiet_end timezone changed_at"), hidden("user")),
        owner="user_id",
        section="notification_schedule",
        purpose="When you want to be left alone.",
        until="As long as the account exists.",
        is_deleted=True,
        is_one=True,
    ),
    Table(
        "notifications.DigestChoice",
        (told("category cadence changed_at"), hidden("id user")),
        owner="user_id",
        section="notification_digests",
        purpose="What you want to be told together, and how often.",
        until="As long as the account exists.",
        is_deleted=True,
        order="id",
    ),
    Table(
        "notifications.DigestWindow",
        (hidden("id public_id user channel key opened_at closes_at closed_at"),),
        owner="user_id",
        purpose="What waits to be told together.",
        until="A week after it was told.",
        is_deleted=True,
    ),
    Table(
        "notifications.LiveCursor",
        (hidden("user version"),),
        owner="user_id",
        purpose="Counts what your open pages were told.",
        until="As long as the account exists.",
        is_deleted=True,
    ),
    Table(
        "notifications.LiveEvent",
        (hidden("id user version event_type data created_at"),),
        owner="user_id",
        purpose="What your open pages were told of late.",
        until="A few days.",
        is_deleted=True,
    ),
    Table(
        "notifications.BroadcastBatch",
        (cut("people"), impersonal("id broadcast")),
        purpose="That you are to be told what many are told.",
        until="Until you have been told.",
    ),
    Table(
        "notifications.Broadcast",
        (
            cut("started_by"),
            impersonal("id public_id kind context priority action_url dedupe_key state audience told known attempts"),
            impersonal("lease_until last_error created_at finished_at"),
        ),
        purpose="What an operator told many people.",
        until="For good; who the operator was goes with them.",
    ),
    Table(
        "notifications.Wording",
        (
            cut("written_by"),
            impersonal("id kind channel language version parts note is_active created_at"),
        ),
        purpose="Words that an operator wrote for everybody.",
        until="For good; who the operator was goes with them.",
    ),
    Table(
        "notifications.ProviderHealth",
        (impersonal("provider failures failing_since open_until"),),
    ),
    Table(
        "notifications.ProviderReport",
        (impersonal("id provider event_id delivery event_type detail received_at"),),
    ),
    Table(
        "notifications.DeliveryTotal",
        (impersonal("id hour kind channel status reason deliveries attempted accepted"),),
    ),
    Table("notifications.TotalsMark", (impersonal("id until"),)),
)
