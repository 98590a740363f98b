"""What providers took, held against what was to be sent."""

from collections import Counter
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field
from threading import Lock

from dev.storm.people import WAYS, Message, Way


class Taken:
    """How often each message was taken, counted by whatever thread heard of it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.counts: Counter[Message] = Counter()

    def add(self, message: Message) -> int:
        """How many this way has taken by now."""
        with self._lock:
            self.counts[message] += 1
            return sum(count for (way, _), count in self.counts.items() if way is message[0])

    @property
    def total(self) -> int:
        with self._lock:
            return sum(self.counts.values())


@dataclass
class Account:
    """Of one way. ``lost`` never arrived, ``unsettled`` have no record of being sent, ``doubles`` are arrivals beyond
    the first; of these ``unexplained`` are those of messages whose sending nothing had interrupted."""

    way: Way
    wanted: int = 0
    taken: int = 0
    lost: list[int] = field(default_factory=list)
    unsettled: list[int] = field(default_factory=list)
    doubles: list[int] = field(default_factory=list)
    unexplained: list[int] = field(default_factory=list)

    @property
    def is_sound(self) -> bool:
        doubles = self.doubles if self.way.takes_once else self.unexplained
        return not (self.lost or self.unsettled or doubles)


def compared(
    wanted: Mapping[int, Message], taken: Mapping[Message, int], statuses: Mapping[int, str], interrupted: Set[int]
) -> list[Account]:
    """An account of each way. ``wanted`` has the message of each delivery, ``statuses`` what its row says, and
    ``interrupted`` those whose attempt was broken off, so that a second one was due."""
    accounts = {way: Account(way) for way in WAYS}
    for delivery, message in wanted.items():
        account, count = accounts[message[0]], taken.get(message, 0)
        account.wanted += 1
        account.taken += count
        if not count:
            account.lost.append(delivery)
        if statuses.get(delivery) != "sent":
            account.unsettled.append(delivery)
        account.doubles += [delivery] * (count - 1)
        if count > 1 and delivery not in interrupted:
            account.unexplained.append(delivery)
    return list(accounts.values())


def lines(accounts: list[Account]) -> Iterator[str]:
    figures = f"{'wanted':>8}{'taken':>8}{'lost':>8}{'not sent':>10}{'doubles':>9}"
    yield f"{'':18}{figures}{'unexplained':>13}  known again by"
    for one in accounts:
        figures = f"{one.wanted:>8}{one.taken:>8}{len(one.lost):>8}{len(one.unsettled):>10}{len(one.doubles):>9}"
        yield f"{one.way.name:18}{figures}{len(one.unexplained):>13}  {one.way.key}"
    for one in accounts:
        for name in ("lost", "unsettled", "doubles"):
            if found := getattr(one, name):
                yield f"{one.way.name}, {name}: deliveries {', '.join(map(str, found[:30]))}"
