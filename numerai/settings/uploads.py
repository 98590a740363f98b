"""Where what people upload is kept: files of this machine, or any storage that Django has a backend for."""

from typing import Any

import environ

FILES = "django.core.files.storage.FileSystemStorage"


def storages(env: environ.Env) -> dict[str, dict[str, Any]]:
    """``STORAGES``; ``MEDIA_STORAGE`` names another backend, ``MEDIA_STORAGE_OPTIONS`` says in JSON what it needs."""
    return {
        "default": {
            "BACKEND": env.str("MEDIA_STORAGE", default=FILES),
            "OPTIONS": env.json("MEDIA_STORAGE_OPTIONS", default={}),
        },
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
