"""First sign-ins at one moment: everybody gets in, and there is one account."""

from typing import Any

from accounts.models import Identity, Session, User
from accounts.tests.social.world import World
from accounts.tests.together import together


def test_rule_27_many_first_sign_ins_make_one_account(world: World) -> None:
    bodies = [{"id_token": world.google_token("g-1")} for _ in range(20)]
    answers: list[Any] = together(20, lambda number: world.post("social-google", bodies[number]))
    assert [answer.status_code for answer in answers] == [200] * 20
    assert User.objects.count() == Identity.objects.count() == 1
    assert Session.objects.count() == 20


def test_rule_27_google_and_apple_at_once_make_one_account(world: World) -> None:
    tokens = [
        ("social-google", world.google_token("g-1")) if number % 2 else ("social-apple", apple_token(world))
        for number in range(8)
    ]
    answers: list[Any] = together(8, lambda number: world.post(tokens[number][0], {"id_token": tokens[number][1]}))
    assert [answer.status_code for answer in answers] == [200] * 8
    assert User.objects.count() == 1
    assert Identity.objects.count() == 2


def test_two_accounts_of_google_with_one_address_do_not_both_get_in(world: World) -> None:
    tokens = [world.google_token(f"g-{number}") for number in range(8)]
    answers: list[Any] = together(8, lambda number: world.post("social-google", {"id_token": tokens[number]}))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 7
    assert Identity.objects.count() == 1


def test_a_sign_up_by_password_at_the_same_moment_does_not_break_it(world: World) -> None:
    sign_up = {
        "email": "grace@gmail.com",
        "password": "a long and private sentence",
        "confirm_password": "a long and private sentence",
        "full_name": "Grace Hopper",
    }
    calls = [("register", sign_up) if number % 2 else ("social-google", google(world)) for number in range(8)]
    answers: list[Any] = together(8, lambda number: world.post(*calls[number]))
    assert {answer.status_code for answer in answers} <= {200, 201}
    assert User.objects.count() == 1


def google(world: World) -> dict[str, str]:
    return {"id_token": world.google_token("g-1")}


def apple_token(world: World) -> str:
    return world.apple_token("a-1", email="grace@gmail.com")
