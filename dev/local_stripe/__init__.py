"""A stateful local Stripe for development and tests."""

from dev.local_stripe.api.application import RecordedRequest
from dev.local_stripe.server import LocalStripe
from dev.local_stripe.world.world import Policy

__all__ = ["LocalStripe", "Policy", "RecordedRequest"]
