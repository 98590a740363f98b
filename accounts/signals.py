"""What accounts tells the apps above it."""

from django.dispatch import Signal

# The name or the birth date of a person has changed: whatever was computed from the old ones is out of date.
# Sent inside the transaction that changes them, so that what a receiver writes stands or falls with the change.
# Arguments: sender is the class User; user, a User with the new values and its profile loaded;
# changed, a frozenset of "full_name" and "date_of_birth".
birth_data_changed = Signal()

# The e-mail address of a person has changed, was put back, or has been verified: what goes to it may have to go
# elsewhere. Sent inside the transaction that changes it.
# Arguments: sender is the class User; user, a User with the new address, verified or not.
email_changed = Signal()
