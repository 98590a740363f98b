"""What a person may ask of the subscription they have. Everything starts from a fresh look at it."""
