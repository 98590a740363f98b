"""Steps of somebody who leaves."""

import re
from datetime import timedelta
from urllib.parse import unquote

from accounts.leaving import working
from accounts.models import Deletion, DeletionState, User
from accounts.tests.conftest import Post
from conftest import Api
from numerai.common import clock

PATH = "/api/v1/users/delete-account/"
UNDO = f"{PATH}undo/"


def ask(api: Api, user: User) -> Deletion:
    answer = api(user).post(PATH)
    assert answer.status_code == 200, answer.content
    return deletion_of(user)


def deletion_of(user: User) -> Deletion:
    return Deletion.objects.filter(person_id=user.pk).latest("asked_at")


def make_due(deletion: Deletion) -> None:
    """As if the weeks had passed."""
    now = clock.now()
    Deletion.objects.filter(pk=deletion.pk).update(
        asked_at=now - timedelta(days=31), due_at=now - timedelta(days=1), next_attempt_at=now, lease_until=None
    )


def erase(deletion: Deletion) -> Deletion:
    make_due(deletion)
    assert working.work(deletion.pk) == DeletionState.DONE
    deletion.refresh_from_db()
    return deletion


def link_token(post: Post) -> str:
    """What stands behind the # of the newest mail's link."""
    found = re.search(r"/undo-deletion#token=(\S+)", post()[0].text)
    assert found is not None
    return unquote(found[1])
