"""What becomes of the columns that belong to no app of ours, and to the foundation."""

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from numerai.common.models import ActorKind, AuditEntry
from numerai.common.privacy.tables import Table, delete_rows, hidden, impersonal, kept, told

EVIDENCE = "Evidence of who changed what: it names people by ids, and proves that we acted rightly."
SCHEDULE = "When the product's own work is done."


def _entries_of(user_id: UUID) -> "QuerySet[Any]":
    # What somebody did as an operator concerns others.
    mine = Q(object_id=str(user_id)) | Q(actor_id=str(user_id), actor_kind=ActorKind.PERSON)
    return AuditEntry.objects.filter(mine).order_by("id")


def _log_of(user_id: UUID) -> "QuerySet[Any]":
    from django.contrib.admin.models import LogEntry

    about = Q(object_id=str(user_id), content_type__app_label="accounts", content_type__model="user")
    return LogEntry.objects.filter(about).order_by("id")


COMMON = (
    Table(
        "common.AuditEntry",
        (
            kept("at action object_type before after", why=EVIDENCE, is_told=True),
            kept("id actor_kind actor_id cause_kind cause_id app object_id request_id client_address", why=EVIDENCE),
        ),
        owner="actor_id",
        rows=_entries_of,
        section="audit",
        purpose="What changed in your account and your payments, and by whom.",
        until="Seven years (MONEY_RETENTION_YEARS), by ids and the address that money was moved from.",
        order="id",
    ),
    Table(
        "common.Seal",
        (impersonal("number at table first_id last_id rows newest_at columns leaves rows_digest previous digest"),),
        purpose="Digests by which a change of the evidence would show.",
        until="Without end.",
    ),
)

OTHERS = (
    Table(
        "admin.LogEntry",
        (
            told("action_time action_flag"),
            hidden("object_repr change_message"),
            kept("id user content_type object_id", why=EVIDENCE),
        ),
        owner="object_id",
        rows=_log_of,
        section="changes_by_operators",
        purpose="When somebody who works for us changed your account.",
        until="As long as the account exists; then only that it happened.",
        order="id",
    ),
    Table("auth.Permission", (impersonal("id name content_type codename"),)),
    Table("auth.Group", (impersonal("id name"),)),
    Table("auth.Group_permissions", (impersonal("id group permission"),)),
    Table("contenttypes.ContentType", (impersonal("id app_label model"),)),
    Table(
        "sessions.Session",
        (kept("session_key session_data expire_date", why="Signed: the id of somebody who works for us."),),
        purpose="Sign-ins of people who work for us to the admin.",
        until="Two weeks.",
    ),
    Table("django_celery_beat.SolarSchedule", (impersonal("id event latitude longitude"),), purpose=SCHEDULE),
    Table("django_celery_beat.IntervalSchedule", (impersonal("id every period"),), purpose=SCHEDULE),
    Table("django_celery_beat.ClockedSchedule", (impersonal("id clocked_time"),), purpose=SCHEDULE),
    Table(
        "django_celery_beat.CrontabSchedule",
        (impersonal("id minute hour day_of_month month_of_year day_of_week timezone"),),
        purpose=SCHEDULE,
    ),
    Table("django_celery_beat.PeriodicTasks", (impersonal("ident last_update"),), purpose=SCHEDULE),
    Table(
        "django_celery_beat.PeriodicTask",
        (
            impersonal("id name task interval crontab solar clocked args kwargs queue exchange routing_key headers"),
            impersonal("priority expires expire_seconds one_off start_time enabled last_run_at total_run_count"),
            impersonal("date_changed description"),
        ),
        purpose=SCHEDULE,
    ),
)

UNUSED = "Empty: of this library only the protocols are used."
LIBRARY = (
    Table(
        "socialaccount.SocialApp",
        (impersonal("id provider provider_id name client_id secret key settings"),),
        purpose=UNUSED,
    ),
    Table(
        "socialaccount.SocialToken",
        (hidden("id app account token token_secret expires_at"),),
        owner="account__user_id",
        purpose=UNUSED,
        until="As long as the account exists.",
        is_deleted=True,
    ),
    Table(
        "account.EmailConfirmation",
        (hidden("id email_address created sent key"),),
        owner="email_address__user_id",
        purpose=UNUSED,
        until="As long as the account exists.",
        is_deleted=True,
    ),
    Table(
        "account.EmailAddress",
        (hidden("id user email verified primary"),),
        owner="user_id",
        purpose=UNUSED,
        until="As long as the account exists.",
        is_deleted=True,
    ),
    Table(
        "socialaccount.SocialAccount",
        (hidden("id user provider uid last_login date_joined extra_data"),),
        owner="user_id",
        purpose=UNUSED,
        until="As long as the account exists.",
        is_deleted=True,
    ),
)

TABLES = (*COMMON, *OTHERS, *LIBRARY)


def erase(user_id: UUID) -> dict[str, int]:
    """What the admin noted beside each change: what the changed person was called."""
    return delete_rows(LIBRARY, user_id) | {
        "admin_log": _log_of(user_id).update(object_repr="Erased", change_message="")
    }
