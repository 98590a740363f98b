"""Leaving: an account is closed at once, can be had back for some weeks, and is erased then."""
