"""What is past its time goes: notifications after the time of their kind, their deliveries sooner."""

from notifications.cleaning.removal import batches, clean

__all__ = ["batches", "clean"]
