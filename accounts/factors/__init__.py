"""The second factor: authenticator apps, passkeys, recovery codes, and signing in with them."""
