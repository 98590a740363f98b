import os
from typing import Any

import structlog
from celery import Celery, Task
from celery.signals import setup_logging, task_failure

from numerai.common.tracing import places

log = structlog.get_logger(__name__)

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "numerai.settings.production")

app = Celery("numerai")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def keep_django_logging(**_: Any) -> None:
    """Connecting this signal stops Celery from replacing the handlers that Django configured."""


@task_failure.connect
def keep_failure(sender: "Task[..., Any]", exception: Exception, **_: Any) -> None:
    log.error("task_failed", task=sender.name, **places(exception))
