from datetime import timedelta
from uuid import UUID

from celery import shared_task
from django.conf import settings

from numerai.common import clock

SESSIONS_KEPT = timedelta(days=30)
CODES_KEPT = timedelta(days=1)
EMAIL_CHANGES_KEPT = timedelta(days=30)
PROVIDER_EVENTS_KEPT = timedelta(days=400)


# What outlives its lease would be repeated by another worker, so it is ended before.
SOFT_LIMIT = max(1, settings.JOB_LEASE_SECONDS * 3 // 4)
HARD_LIMIT = max(1, settings.JOB_LEASE_SECONDS * 9 // 10)


@shared_task(name="accounts.tasks.work_on_deletion", soft_time_limit=SOFT_LIMIT, time_limit=HARD_LIMIT)
def work_on_deletion(deletion_id: str) -> None:
    from accounts.leaving import working

    working.work(UUID(deletion_id))


@shared_task(name="accounts.tasks.sweep_deletions")
def sweep_deletions() -> None:
    from accounts.leaving import working

    working.sweep()


@shared_task(name="accounts.tasks.revoke_token")
def revoke_token(row_id: str) -> None:
    from accounts.social import leaving

    leaving.revoke_token(UUID(row_id))


@shared_task(name="accounts.tasks.sweep_revocations")
def sweep_revocations() -> None:
    from accounts.social import leaving

    leaving.sweep_revocations()


# A large account takes a while; the lease is renewed with every part.
@shared_task(name="accounts.tasks.make_export", time_limit=3600)
def make_export(job_id: str) -> None:
    from accounts.exporting import working

    working.work(UUID(job_id))


@shared_task(name="accounts.tasks.sweep_exports")
def sweep_exports() -> None:
    from accounts.exporting import working

    working.sweep()


@shared_task(name="accounts.tasks.delete_picture")
def delete_picture(name: str) -> None:
    from accounts.pictures import services

    services.delete(name)


@shared_task(name="accounts.tasks.sweep_pictures")
def sweep_pictures() -> None:
    from accounts.pictures import services

    services.sweep()


@shared_task(name="accounts.tasks.watch_deadlines")
def watch_deadlines() -> None:
    from accounts.exporting import working
    from accounts.leaving import deadlines

    working.purge()
    deadlines.watch()


@shared_task(name="accounts.tasks.purge_sign_ups")
def purge_sign_ups() -> None:
    from accounts.registration import purging

    purging.purge_sign_ups()


@shared_task(name="accounts.tasks.purge_ended")
def purge_ended() -> None:
    from accounts.addresses.purging import purge_email_changes
    from accounts.factors.challenges import purge_challenges
    from accounts.passwords.links import purge_reset_links
    from accounts.sessions import purge_sessions
    from accounts.sessions.admin_store import SessionStore
    from accounts.social.inbox.handling import purge_provider_events
    from accounts.verification.codes import purge_codes

    now = clock.now()
    purge_sessions(ended_before=now - SESSIONS_KEPT)
    SessionStore.clear_expired()
    purge_codes(expired_before=now - CODES_KEPT)
    purge_reset_links(expired_before=now - CODES_KEPT)
    purge_email_changes(over_before=now - EMAIL_CHANGES_KEPT)
    purge_provider_events(received_before=now - PROVIDER_EVENTS_KEPT)
    purge_challenges(expired_before=now - CODES_KEPT)
