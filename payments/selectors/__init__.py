"""What is read over more than one row, always of one person, never asking Stripe."""
