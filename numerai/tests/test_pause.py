from concurrent.futures import ThreadPoolExecutor

from numerai.common.pause import Pause


def test_a_service_that_answers_is_never_spared() -> None:
    assert not Pause(shortest=1, longest=4).is_on()


def test_after_a_failure_one_of_many_tries_again() -> None:
    pause = Pause(shortest=600, longest=600)
    pause.begin()
    assert pause.is_on()
    pause._until = 0.0
    with ThreadPoolExecutor(16) as pool:
        told_to_try = [spared for spared in pool.map(lambda _: pause.is_on(), range(16)) if not spared]
    assert len(told_to_try) == 1


def test_the_pause_doubles_up_to_its_longest() -> None:
    pause = Pause(shortest=1, longest=4)
    lengths = []
    for _ in range(4):
        pause.begin()
        lengths.append(pause._seconds())
    assert lengths == [1, 2, 4, 4]


def test_one_success_ends_it() -> None:
    pause = Pause(shortest=60, longest=60)
    pause.begin()
    pause.end()
    assert not pause.is_on()
