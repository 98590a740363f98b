from datetime import timedelta

from accounts.models import Plan, User
from accounts.plans import record_plan
from conftest import Api
from numerai.common import clock


def test_the_next_request_knows_the_new_plan(api: Api, bob: User) -> None:
    client = api(bob)
    assert record_plan(user_id=bob.pk, plan=Plan.ELITE, until=None)
    shown = client.get("/api/v1/users/profile/").json()["user"]
    assert (shown["subscription_plan"], shown["is_premium"]) == ("elite", True)


def test_it_tells_whether_anything_changed(bob: User, alice: User) -> None:
    until = clock.now() + timedelta(days=30)
    answers = [
        record_plan(user_id=bob.pk, plan=plan, until=end)
        for plan, end in (
            (Plan.FREE, None),
            (Plan.BASIC, None),
            (Plan.BASIC, None),
            (Plan.BASIC, until),
            (Plan.BASIC, until),
            (Plan.BASIC, None),
        )
    ]
    assert answers == [False, True, False, True, False, True]
    alice.refresh_from_db()
    assert (alice.plan, alice.plan_until) == ("premium", None)


def test_a_plan_that_is_over_gives_nothing(api: Api, bob: User) -> None:
    record_plan(user_id=bob.pk, plan=Plan.PREMIUM, until=clock.now() - timedelta(seconds=1))
    shown = api(bob).get("/api/v1/users/profile/").json()["user"]
    assert (shown["subscription_plan"], shown["is_premium"]) == ("free", False)
