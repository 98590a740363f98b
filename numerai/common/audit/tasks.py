from datetime import timedelta

import structlog
from celery import shared_task

log = structlog.get_logger(__name__)

SECONDS = 60
VERIFIED = timedelta(days=2)


@shared_task(name="numerai.common.audit.tasks.seal")
def seal() -> None:
    from numerai.common.audit.sealing import seal_new_rows

    seal_new_rows(seconds=SECONDS)


@shared_task(name="numerai.common.audit.tasks.tell_head")
def tell_head() -> None:
    from numerai.common.audit import sealing

    sealing.tell_head()


@shared_task(name="numerai.common.audit.tasks.verify_newest")
def verify_newest() -> None:
    """Whether what was sealed of late is whole; ``audit_verify`` looks at everything."""
    from numerai.common import clock
    from numerai.common.audit.verifying import Damage, verify

    try:
        verify(since=clock.now() - VERIFIED)
    except Damage as damage:
        log.error("audit_damaged", wrong=damage.wrong.value, where=damage.where)
