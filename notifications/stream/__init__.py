"""Open pages are told at once: ``publish`` from any app, ``kick`` when somebody is signed out."""

from notifications.stream.events import publish
from notifications.stream.sending import kick

__all__ = ["kick", "publish"]
