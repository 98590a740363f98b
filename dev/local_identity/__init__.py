"""Google and Apple on loopback, for tests: real keys, real RS256 tokens, real refusals, and ways to be out of order."""

from dev.local_identity.server import LocalIdentity

__all__ = ["LocalIdentity"]
