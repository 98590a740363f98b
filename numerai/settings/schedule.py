"""What beat starts, and when: for each entry the task, and the seconds between two runs or the time of day in UTC."""

from typing import Any

from celery.schedules import crontab

HOUR = 3600.0
# As often as SWEEP_SECONDS says.
SWEEP = None

ENTRIES: dict[str, tuple[str, Any]] = {
    "payments: pauses whose day has come": ("payments.tasks.resume_paused", 900.0),
    "payments: payments that were begun and never made": ("payments.tasks.close_abandoned", 900.0),
    "payments: webhook events left behind": ("payments.tasks.sweep_webhook_events", SWEEP),
    "payments: purchases of unknown outcome": ("payments.tasks.sweep_operations", 60.0),
    "payments: new addresses that Stripe is to be told": ("payments.tasks.sweep_contacts", 60.0),
    "payments: everything compared with Stripe": ("payments.tasks.reconcile", crontab(hour="3", minute="10")),
    "payments: a comparison whose worker died": ("payments.tasks.resume_reconciling", 600.0),
    "payments: what is past its time": ("payments.tasks.remove_what_is_past_its_time", 24 * HOUR),
    "common: evidence that no seal holds yet": ("numerai.common.audit.tasks.seal", 300.0),
    "common: the head of the audit's chain": ("numerai.common.audit.tasks.tell_head", crontab(hour="0", minute="5")),
    "common: what was sealed of late": ("numerai.common.audit.tasks.verify_newest", crontab(hour="4", minute="20")),
    "notifications: deliveries that are due": ("notifications.tasks.sweep_deliveries", SWEEP),
    "notifications: digests whose time has come": ("notifications.tasks.close_digests", SWEEP),
    "notifications: deliveries that have settled, counted": ("notifications.tasks.count_deliveries", HOUR),
    "notifications: broadcasts that nobody works on": ("notifications.tasks.sweep_broadcasts", SWEEP),
    "notifications: what open pages were not told": ("notifications.tasks.sweep_live_events", SWEEP),
    "notifications: events that no page will ask for": ("notifications.tasks.remove_old_live_events", 600.0),
    "notifications: what is past its time": ("notifications.tasks.remove_what_is_past_its_time", HOUR),
    "accounts: deletions of which a step is due": ("accounts.tasks.sweep_deletions", 60.0),
    "accounts: tokens that Google or Apple are to forget": ("accounts.tasks.sweep_revocations", 60.0),
    "accounts: exports that wait": ("accounts.tasks.sweep_exports", 60.0),
    "accounts: files of pictures that are discarded": ("accounts.tasks.sweep_pictures", 300.0),
    "accounts: wishes that are late, and files past their time": ("accounts.tasks.watch_deadlines", 6 * HOUR),
    "accounts: sign-ups that nobody has verified": ("accounts.tasks.purge_sign_ups", HOUR),
    "accounts: sessions and codes that have ended": ("accounts.tasks.purge_ended", 24 * HOUR),
    "numerology: files of people that wait": ("numerology.tasks.sweep_imports", SWEEP),
    "numerology: what is past its time": ("numerology.tasks.remove_what_is_past_its_time", HOUR),
    "numerology: days that have begun, zone by zone": ("numerology.tasks.sweep_readings", 60.0),
    "numerology: remedies that somebody is to be reminded of": ("numerology.tasks.remind_of_remedies", 60.0),
}


def beat_schedule(*, sweep_seconds: float) -> dict[str, dict[str, Any]]:
    """``CELERY_BEAT_SCHEDULE``."""
    return {
        name: {"task": task, "schedule": sweep_seconds if when is SWEEP else when}
        for name, (task, when) in ENTRIES.items()
    }
