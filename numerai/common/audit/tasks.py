from celery import shared_task

SECONDS = 60


@shared_task(name="numerai.common.audit.tasks.seal")
def seal() -> None:
    from numerai.common.audit.sealing import seal_new_rows

    seal_new_rows(seconds=SECONDS)


@shared_task(name="numerai.common.audit.tasks.tell_head")
def tell_head() -> None:
    from numerai.common.audit import sealing

    sealing.tell_head()
