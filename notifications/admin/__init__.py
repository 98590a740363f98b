"""What operators see of notifications, a file for each noun."""

from notifications.admin import (  # noqa: F401 - importing them registers their pages
    broadcasts,
    destinations,
    live,
    preferences,
    providers,
    telling,
    wording,
)
