"""What a resource is made with."""

from dev.local_stripe.api.contract import Params
from dev.local_stripe.api.resource import Call, Resource, answer, cut, page, set_fields, within
from dev.local_stripe.world.errors import StripeError, card_error, invalid, missing, needs_action, no_such
from dev.local_stripe.world.shapes import blank
from dev.local_stripe.world.storage import Document
from dev.local_stripe.world.world import DAY, World

__all__ = ["DAY", "Call", "Document", "Params", "Resource", "StripeError", "World", "answer", "blank", "card_error"]
__all__ += ["cut", "invalid", "missing", "needs_action", "no_such", "page", "set_fields", "within"]
