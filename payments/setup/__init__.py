"""What has to stand at Stripe before anything can be sold, and whether it does."""

from payments.setup.checking import problems
from payments.setup.furnishing import Furnished, furnish

__all__ = ["Furnished", "furnish", "problems"]
