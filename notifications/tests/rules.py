"""The eighty-eight rules of telling people that the tests named ``test_rule_NN_…`` hold, and the table of who holds
which.

``python -m notifications.tests.rules`` writes the table to README.md; ``test_rules.py`` fails when it is out of date.
"""

from pathlib import Path

from numerai.tests.rule_tables import ROOT, RuleBook

HERE = Path(__file__).resolve().parent

RULES = {
    1: "A key makes one row for a person, however often it is used",
    2: "Two at once with one key make one row, and take nothing from the others of their batch",
    3: "A request that is repeated answers the same and does it once",
    4: "A delivery is unique by way and destination, and of two workers one sends it",
    5: "A worker that dies loses its lease; the delivery goes again under the same id",
    6: "No provider is spoken to inside a transaction; what is rolled back sends nothing and is told to no page",
    7: "What belongs together and is unread is counted in one row; a read one is never opened again",
    8: "Nobody is told of what they did themselves",
    9: "What has lost its cause is not sent, and goes from the centre",
    10: "The list is ordered by id; who pages while rows come in sees each row once",
    11: "The server says when, and only what is registered can happen",
    12: "Forced, the person's cell, their channel, the kind, the channel: the first that speaks wins",
    13: "A channel that is off is off, except where a cell says on",
    14: "What is forced is shown as locked, and a wish to switch it off is refused",
    15: "Preferences are asked again when it is sent",
    16: "Without a destination it is skipped, not failed, and spoils no rate",
    17: "Deciding for many takes as many statements as for one",
    18: "A new kind has its defaults for everybody at once",
    19: "A grid is changed whole or not at all, and two who change two cells both keep theirs",
    20: "Quiet hours are wall times, days and a zone, and what is no zone is refused",
    21: "A window has its start and not its end, and one without length is refused",
    22: "A window past midnight belongs to the day it starts on",
    23: "A time that the clocks skip is the next that there is",
    24: "A time that the clocks repeat ends nothing too early",
    25: "Hours are counted in UTC",
    26: "Who changes zone or window changes what waits",
    27: "What is critical waits for nothing, what is high for no digest",
    28: "The centre never waits",
    29: "What was read meanwhile is not sent; of many that waited one message tells; what is too late is not sent",
    30: "What waited does not leave all at once, and does not wait for ever",
    31: "A device's own zone counts before the person's",
    32: "A digest's window stands from the first thing in it",
    33: "Two who open a window open one",
    34: "The first of many may go at once",
    35: "A digest of nothing is not sent, and one person's failure is nobody else's",
    36: "A digest shows ten and says how many there are; a crash sends it twice at most",
    37: "A failure is permanent, transient, throttled or ours, and what is unknown is tried a little",
    38: "Which answer is which is one table",
    39: "Tries are spread, grow apart, heed Retry-After, and end",
    40: "A retry is a time in a row, not a worker that sleeps",
    41: "One dead device fails no other",
    42: "What says for certain that a destination is dead disables it, and nothing else does",
    43: "Who loses a destination is told; registered again it works, and it belongs to the last who registered it",
    44: "Failing once disables nothing; failing for a day does",
    45: "A provider that fails is left alone for a while, and that costs no attempt",
    46: "Whoever answers drop by drop is hung up on",
    47: "Each channel has its queue, and a message that a worker lost comes back",
    48: "A status only goes forward, and an event counts once",
    49: "Push and Discord end as sent, the centre begins as delivered, and metrics keep them apart",
    50: "An address of Discord is taken apart and built anew, sealed, and shown masked",
    51: "An address that a person names leads out into the world or nowhere",
    52: "No redirect is followed",
    53: "Browsers' push services are those of a list",
    54: "Names are escaped in HTML and left alone in text; an action leads to http or into the frontend",
    55: "Discord pings nobody, and its marks are taken literally",
    56: "A subject is one line",
    57: "Templates see plain values only, and operators' words have few tags and an end",
    58: "A name that is missing is found when it is saved, in tests, and when it is sent",
    59: "Logs and metrics hold no words, tokens, numbers and endpoints",
    60: "Addresses are used once verified, and one that was given up gets nothing more",
    61: "The link to unsubscribe is signed, asks first, and means one kind by one channel",
    62: "Mail that is not critical can be unsubscribed from by one click",
    63: "A report of a provider is signed, counts once, and is answered even when nobody knows it",
    64: "A stream is opened by the header or by a ticket that works once",
    65: "A stream ends with the session",
    66: "Another person's notification is not there",
    67: "Nobody is told more than so much an hour outside the centre",
    68: "Of many at once as many pass as the cap says",
    69: "A broadcast that is killed goes on, and everybody has one row",
    70: "A broadcast loads nobody, can be stopped, and leaves out who came later",
    71: "Live events carry ids and counts, no words",
    72: "Reading twice keeps the first time",
    73: "Read-all stops at what was on the screen",
    74: "The count is what the list holds",
    75: "Every answer and event carries the count and a version that only grows",
    76: "Read on one page is read on all",
    77: "A stream keeps itself open, and drops whoever does not listen",
    78: "Who comes back gets what they missed, once, or is told to ask anew",
    79: "What commits late is not missed",
    80: "Without Redis notifications are made, and streams come back",
    81: "A person has five streams, a process so many",
    82: "What is old goes in small batches, and the critical that nobody read does not",
    83: "What is deleted is gone at once, and with an account all of it goes",
    84: "The language is chosen when it is sent or shown",
    85: "A text's segments are counted and have an end",
    86: "Metrics agree with the rows",
    87: "What is critical leaves before ten thousand that are not",
    88: "A mail keeps its id however often it is tried, and says that a machine wrote it",
}

NOT_APPLICABLE = {
    34: "Not built: who asks for a digest has asked to hear nothing at once; what cannot wait is of high priority.",
}

REMARKS = {
    3: "Every act of the centre does the same when it is repeated, so none takes an `Idempotency-Key`.",
    76: "A push that is shown already is not taken back; one on its way is replaced, by its topic or collapse key.",
}

ELSEWHERE = {
    52: (
        "notifications/tests/reaching/test_modes.py::test_rule_38_what_an_answer_means",
        "numerai/tests/test_outbound.py::test_a_redirect_is_not_followed",
    ),
}

BOOK = RuleBook(
    rules=RULES,
    rooms=(ROOT / "notifications",),
    base=HERE,
    page=HERE / "README.md",
    introduction=(
        'Tests of a rule carry its number, so `make test ARGS="notifications -k rule_37"` runs what holds rule 37. '
        "Written by `python -m notifications.tests.rules`."
    ),
    elsewhere=ELSEWHERE,
    not_applicable=NOT_APPLICABLE,
    remarks=REMARKS,
)

if __name__ == "__main__":
    BOOK.page.write_text(BOOK.table())
