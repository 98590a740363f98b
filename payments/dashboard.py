"""Addresses of Stripe's dashboard, for operators."""

DASHBOARD = "https://dashboard.stripe.com"


def dashboard_url(section: str, stripe_id: str, *, livemode: bool) -> str:
    """``"disputes", "du_1"`` → the page of that dispute in the right mode."""
    mode = "" if livemode else "/test"
    return f"{DASHBOARD}{mode}/{section}/{stripe_id}"
