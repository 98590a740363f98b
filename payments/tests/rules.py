"""The hundred rules of billing that the tests named ``test_rule_NN_…`` hold, and the table of who holds which.

``python -m payments.tests.rules`` writes the table to README.md; ``test_rules.py`` fails when it is out of date.
"""

import ast
import re
from collections import defaultdict
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PAGE = HERE / "README.md"
NAME = re.compile(r"test_rule_(\d{2,3})_\w+")

RULES = {
    1: "A signed body is stored once; the same JSON written differently is refused",
    2: "A signature header that is missing, empty or garbage is a 400, never a 500",
    3: "A body that is no UTF-8, no JSON or no event is a 400",
    4: "An event without an id is a 400",
    5: "A signature is good for five minutes, to either side",
    6: "The age check cannot be switched off",
    7: "Without a signing secret the product does not start",
    8: "Two secrets are good while one replaces the other",
    9: "Forged requests write nothing and are limited",
    10: "Too large a body is a 413 before anything is computed; only POST is served",
    11: "An event of an unknown type is stored as ignored",
    12: "The webhook never redirects",
    13: "With broker and Stripe away an event is still stored and acknowledged",
    14: "The same event delivered many times at once has one effect",
    15: "Two events about the same change have one effect",
    16: "An event that was stored but not handled is handled later",
    17: "A late event about an older state changes nothing",
    18: "A subscription that is over never comes back to life",
    19: "A paid invoice is not reset by a late event",
    20: "A paid invoice brings its unknown subscription along",
    21: "An event that outruns our own commit is tried again, and parked in the end",
    22: "Two events of the same second end in what Stripe says",
    23: "An old look at Stripe never overwrites a newer one",
    24: "No call to Stripe is made inside a transaction",
    25: "Mixed events in parallel cause no deadlock and end in Stripe's state",
    26: "Everything that reports a payment at once makes one row and one message",
    27: "A failing event is tried again with growing pauses, then parked and replayable",
    28: "The event of a killed worker is handled once",
    29: "A poisonous event stands in nobody else's way",
    30: "A thousand events that waited are all handled, none twice",
    31: "An event or state that this code does not know is kept, and gives no access",
    32: "The same Idempotency-Key is the same operation with the same answer",
    33: "The same key with another body is refused before Stripe is asked",
    34: "A key is not bound to what the person may change meanwhile",
    35: "A lost answer leads to the same object, not to a second one",
    36: "A process that dies between Stripe and our commit leaves nothing behind that is not found",
    37: "A new try of the person is a new key, a repetition keeps it",
    38: "What Stripe did not carry out may be asked again with the same key",
    39: "The client library's own retries keep the key, and decline what is final",
    40: "Cancelling twice, also unknowingly, is a success",
    41: "A declined card is a 402 with a sentence and a code",
    42: "A refused key of ours is a 503 and an alarm, never a decline",
    43: "With Stripe down reading goes on and writing is a 503 that fails fast",
    44: "A task that is delivered twice charges once",
    45: "Two tabs buy one subscription",
    46: "Two first purchases at once make one customer",
    47: "An unpaid start gives a secret and no access",
    48: "A start without a charge gives the secret of a setup, and says so",
    49: "A start that is never paid expires, and the person may start again",
    50: "A checkout gives nothing before its money has come",
    51: "The return page and the webhook each suffice, in any order",
    52: "The return page answers only its own person, and only for its own ids",
    53: "A renewal that needs the customer is told once, with the page to confirm it",
    54: "A bill that cannot be finalised is told to operators and to the person",
    55: "A cancelled subscription lasts to the end of what is paid, however the end is written",
    56: "Items of different periods end at their own ends",
    57: "Cancelling again changes nothing; in a trial it lasts to the trial's end",
    58: "Cancelling now stops collection, and gives back just what was said",
    59: "Resuming restores what was, and is refused after the end",
    60: "A change costs what its preview said, to the minor unit",
    61: "An unpaid upgrade never gives the new plan",
    62: "A change is refused where it cannot be made, and is nothing when it changes nothing",
    63: "A change in a trial keeps the trial, and a cancellation stays unless lifted",
    64: "A downgrade waits for the period's end and can be taken back",
    65: "A quantity is never accepted",
    66: "A paused subscription is not one whose collection is paused",
    67: "A trial ends as the policy says, is announced once, and is had once by person and card",
    68: "Who leaves is not charged again, and does not come back by an event",
    69: "Each failed attempt to collect is told once",
    70: "Access in arrears lasts as long as the policy says, whatever comes after",
    71: "A new card while in arrears pays the open bill once",
    72: "Money that comes late is recorded and revives nothing",
    73: "Two events about one payment have one effect, and a bill of nothing still counts",
    74: "Bills are acknowledged even when no worker runs",
    75: "What was given back is a sum of Stripe's refunds, whatever was told in whatever order",
    76: "Never more is given back than was paid, in parallel neither",
    77: "A repeated click is one refund; one made at Stripe appears here",
    78: "A refund that fails later restores money and access, and is told",
    79: "Giving back a period ends the subscription only if that was asked for",
    80: "What is disputed or given back already cannot be given back",
    81: "A dispute is recorded with its deadline, an inquiry takes nothing away",
    82: "Money withdrawn and reinstated moves once; a closed dispute stays closed",
    83: "A warning of fraud gives back once, and loses nothing twice",
    84: "Amounts are integers, floats are nowhere",
    85: "Currencies of no, two and three decimals are right, with their oddities",
    86: "Amounts too small, too large or of another currency are refused before the call",
    87: "Bills and the ledger add up, in any order of events",
    88: "A bill that is paid in parts has a row for each payment",
    89: "A customer deleted at Stripe starts anew",
    90: "An object that is gone does not keep its event alive",
    91: "Test and live money never meet",
    92: "An event of another account is ignored and reported",
    93: "Payloads of other versions say where to look, never what is true",
    94: "Two endpoints of two versions have one effect",
    95: "A price that is no longer sold keeps its subscribers and finds no new ones",
    96: "A comparison finds and repairs what differs, and finds nothing the second time",
    97: "Events that could not be delivered are fetched",
    98: "A change that made no event is found",
    99: "Events dropped, doubled and shuffled end in Stripe's state after a comparison",
    100: "Every change says who and why, and replaying all events ends in the same state",
}
NOT_APPLICABLE: dict[int, str] = {}


def holders() -> dict[int, list[str]]:
    """The tests that hold each rule, as "path::name"."""
    found: dict[int, list[str]] = defaultdict(list)
    for path in sorted(HERE.rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef) and (match := NAME.fullmatch(node.name)):
                found[int(match.group(1))].append(f"{path.relative_to(HERE)}::{node.name}")
    return dict(found)


def table() -> str:
    """The page as it should be."""
    held = holders()
    lines = ["# Which test holds which rule", "", INTRODUCTION, "", "| | rule | held by |", "|---|---|---|"]
    for number, rule in RULES.items():
        tests = "<br>".join(f"`{name}`" for name in sorted(held.get(number, [])))
        lines.append(f"| {number} | {rule} | {tests or NOT_APPLICABLE.get(number, '')} |")
    return "\n".join(lines) + "\n"


INTRODUCTION = (
    'Tests of a rule carry its number, so `make test ARGS="payments -k rule_61"` runs what holds rule 61. '
    "Written by `python -m payments.tests.rules`."
)

if __name__ == "__main__":
    PAGE.write_text(table())
