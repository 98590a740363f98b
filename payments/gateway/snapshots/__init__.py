"""What we read of Stripe's objects. Amounts are minor units, currencies lower case, moments aware."""
