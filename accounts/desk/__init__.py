"""The admin's door: after the password the second factor, before anything else opens."""
