from django.conf import settings

LIVE_KEYS = ("sk_live_", "rk_live_")


def is_livemode() -> bool:
    """Whether this deployment moves real money, which its key alone decides."""
    return settings.STRIPE_SECRET_KEY.startswith(LIVE_KEYS)
