"""What can be proved: an app's code, a recovery code, a passkey. Each is spent once, by a conditional UPDATE."""
