"""What an operator sets up once at Stripe: products, prices, where events are sent, what the portal allows."""
