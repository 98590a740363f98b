"""gunicorn for the API, behind one proxy. See https://docs.gunicorn.org/en/stable/settings.html for each name."""

import os

import gunicorn

from numerai.settings.logs import logging_config

# What serves the API is nobody's business.
gunicorn.SERVER = "numerai"

bind = f"0.0.0.0:{os.environ.get('PORT') or 8000}"
workers = int(os.environ.get("WEB_CONCURRENCY") or 2)
threads = int(os.environ.get("WEB_THREADS") or 4)

# A thread may wait for Stripe as long as its client does: three tries of at most 13 seconds, and the pauses between.
timeout = 60
graceful_timeout = 45
# Longer than the proxy keeps an idle connection, so that it never writes into one that is just being closed.
keepalive = 75
max_requests = 5000
max_requests_jitter = 500

# The heartbeat file must not lie on a disk that can block.
worker_tmp_dir = "/dev/shm"  # noqa: S108 - memory, not a shared temporary directory
control_socket_disable = True

# Django reads X-Forwarded-Proto and the caller's address itself; no header may tell gunicorn anything.
forwarded_allow_ips = ""

# The application writes a line for each request; gunicorn's own few lines go out in the same form.
accesslog = None
logconfig_dict = logging_config(
    level=os.environ.get("LOG_LEVEL") or "INFO", style=os.environ.get("LOG_FORMAT") or "json"
) | {"loggers": {"gunicorn.error": {"propagate": True}}}
