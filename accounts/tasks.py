from datetime import timedelta

from celery import shared_task

from numerai.common import clock

SESSIONS_KEPT = timedelta(days=30)
CODES_KEPT = timedelta(days=1)


@shared_task(name="accounts.tasks.purge_ended")
def purge_ended() -> None:
    from accounts.sessions import purge_sessions
    from accounts.verification.codes import purge_codes

    now = clock.now()
    purge_sessions(ended_before=now - SESSIONS_KEPT)
    purge_codes(expired_before=now - CODES_KEPT)
