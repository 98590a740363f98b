from dataclasses import dataclass


@dataclass(frozen=True)
class Access:
    """``methods`` the route serves, and whether it answers callers who are not signed in."""

    methods: tuple[str, ...]
    is_open: bool = False


def signed_in(*methods: str) -> Access:
    return Access(methods)


def everyone(*methods: str) -> Access:
    return Access(methods, is_open=True)
