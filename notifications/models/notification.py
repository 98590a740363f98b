import uuid
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from notifications.vocabulary import MESSAGE_LENGTH, TITLE_LENGTH, NotificationType, Priority

IN_CENTRE = Q(in_centre=True, deleted_at__isnull=True)
IN_LIST = IN_CENTRE & Q(archived_at__isnull=True)
IN_ARCHIVE = IN_CENTRE & Q(archived_at__isnull=False)


class Notification(models.Model):
    """Something one person is told. ``id`` orders and never leaves the house; ``public_id`` is the id of the API.

    ``title`` and ``message`` are in ``language``; another is rendered from ``kind`` and ``data`` when it is asked for.
    Of what shares a ``group_key`` and is unread, one row counts the ``occurrences``. ``version`` is its place among the
    person's live events, NULL until they have been told of it.
    """

    id = models.BigAutoField(primary_key=True)
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # Found by the index of notifications_once_per_key.
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=100)
    notification_type = models.CharField("type", max_length=40, choices=NotificationType)
    title = models.CharField(max_length=TITLE_LENGTH, blank=True)
    message = models.CharField(max_length=MESSAGE_LENGTH, blank=True)
    language = models.CharField(max_length=35, default="en")
    data = models.JSONField(default=dict, blank=True)
    action_url = models.CharField(max_length=500, blank=True, help_text="https://… or a path of the frontend")
    priority = models.CharField(max_length=10, choices=Priority, default=Priority.NORMAL)
    in_centre = models.BooleanField("in the centre", default=True)
    read_at = models.DateTimeField(null=True, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    dedupe_key = models.CharField(max_length=255, null=True, blank=True)  # noqa: DJ001 - NULL is never a duplicate
    group_key = models.CharField(max_length=255, null=True, blank=True)  # noqa: DJ001 - NULL groups with nothing
    occurrences = models.PositiveIntegerField(default=1)
    version = models.BigIntegerField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["recipient", "dedupe_key"], name="notifications_once_per_key"),
            models.CheckConstraint(
                condition=Q(notification_type__in=NotificationType.values), name="notifications_type_known"
            ),
            models.CheckConstraint(condition=Q(priority__in=Priority.values), name="notifications_priority_known"),
            models.CheckConstraint(
                condition=Q(kind__regex=r"^[a-z0-9_]+\.[a-z0-9_]+$"), name="notifications_kind_form"
            ),
            models.CheckConstraint(
                condition=Q(action_url__regex=r"^(/([^/\\].*)?|https?://.+)?$"), name="notifications_action_url_safe"
            ),
            models.CheckConstraint(
                condition=Q(in_centre=False) | ~Q(title=""), name="notifications_centre_needs_title"
            ),
            models.CheckConstraint(condition=~Q(dedupe_key=""), name="notifications_dedupe_key_not_empty"),
            models.CheckConstraint(condition=~Q(group_key=""), name="notifications_group_key_not_empty"),
            models.CheckConstraint(condition=Q(occurrences__gte=1), name="notifications_occurred_once_at_least"),
        ]
        indexes: ClassVar = [
            # Those of lists cover expires_at, so that counting needs the index alone.
            models.Index(
                fields=["recipient", "-id"], include=["expires_at"], condition=IN_ARCHIVE, name="notifications_archive"
            ),
            models.Index(
                fields=["recipient", "group_key"],
                condition=Q(group_key__isnull=False, read_at__isnull=True, deleted_at__isnull=True),
                name="notifications_open_group",
            ),
            models.Index(
                fields=["created_at"],
                condition=Q(version__isnull=True, in_centre=True),
                name="notifications_untold",
            ),
            BrinIndex(fields=["created_at"], name="notifications_by_age"),
            models.Index(
                fields=["recipient", "-id"], include=["expires_at"], condition=IN_LIST, name="notifications_list"
            ),
            models.Index(
                fields=["recipient", "notification_type", "-id"],
                include=["expires_at"],
                condition=IN_LIST,
                name="notifications_list_of_type",
            ),
            models.Index(
                fields=["recipient", "-id"],
                include=["expires_at"],
                condition=IN_LIST & Q(read_at__isnull=True),
                name="notifications_unread",
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.kind

    @property
    def is_read(self) -> bool:
        return self.read_at is not None
