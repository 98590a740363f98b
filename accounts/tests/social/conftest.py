from collections.abc import Iterator

import pytest
from pytest_django import Settings

from accounts.social.protocol import key_documents, transport
from accounts.tests.social.world import World
from dev.local_identity import LocalIdentity
from dev.local_identity.world import CONFIGURED


@pytest.fixture(scope="session")
def identity_server() -> Iterator[LocalIdentity]:
    with LocalIdentity() as server:
        yield server


@pytest.fixture
def world(identity_server: LocalIdentity, settings: Settings, transactional_db: None) -> Iterator[World]:
    """Google and Apple as they are at the start, and nothing known of their keys. No transaction is open, as in
    production."""
    identity_server.reset()
    for name, value in CONFIGURED.items():
        setattr(settings, name, value)
    settings.GOOGLE_BASE_URL = settings.APPLE_BASE_URL = identity_server.url
    forget()
    yield World(identity_server)
    forget()


def forget() -> None:
    key_documents.forget()
    for pause in transport.pauses.values():
        pause.end()
