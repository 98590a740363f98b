"""Where sign-ins to the admin are kept: Django's table, with the digest of a cookie instead of the cookie."""

import hashlib
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.base_session import AbstractBaseSession

from numerai.common import clock


class SessionStore(DatabaseStore):
    """Whoever reads the table, in a backup for instance, could otherwise send a row's key as a cookie of their own."""

    def exists(self, session_key: str) -> bool:
        return super().exists(_digest(session_key))

    def delete(self, session_key: str | None = None) -> None:
        if key := session_key or self.session_key:
            super().delete(_digest(key))

    def create_model_instance(self, data: dict[str, Any]) -> AbstractBaseSession:
        row = super().create_model_instance(data)
        row.session_key = _digest(row.session_key)
        return row

    def _get_session_from_db(self) -> AbstractBaseSession | None:
        key = _digest(self.session_key or "")
        row = self.model.objects.filter(session_key=key, expire_date__gt=clock.now()).first()
        if row is None:
            self._session_key = None
        return row


def _digest(session_key: str) -> str:
    """As long as the column is wide: 160 bits."""
    return hashlib.sha256(session_key.encode()).hexdigest()[:40]
