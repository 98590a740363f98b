"""Signals of payments. They are sent inside the transaction that records the change: what a receiver writes stands or
falls with it. Receivers write rows and enqueue on commit; they never call the network."""

from django.dispatch import Signal

# Sent when what a person may use, or the state of their subscription, has changed.
# Arguments: user_id (UUID); plan and previous_plan (str, what is paid for: free, basic, premium, elite);
# until (datetime or None, when that access ends unless it is renewed); status (str, Stripe's word for the
# subscription that caused it).
subscription_changed = Signal()

# Sent when a payment has come in, and again when a refund of all of it has failed afterwards.
# Arguments: purchase (payments.purchasables.Purchase); its kind is "subscription" for a bill of a plan.
payment_succeeded = Signal()

# Sent when the amount given back of a payment has changed. Arguments: purchase, as above.
payment_refunded = Signal()
