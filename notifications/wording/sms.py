"""What a text to a phone costs: carriers count segments, and one strange letter more than doubles them."""

GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
# Each of these takes the place of two.
GSM_EXTENDED = frozenset("^{}\\[~]|€\f")
SINGLE = {True: 160, False: 70}
JOINED = {True: 153, False: 67}
MOST_SEGMENTS = 6

# Never worth the doubled price: spaces that do not break, and what cannot be seen.
SPACES = str.maketrans(
    dict.fromkeys("\u00a0\u2007\u2009\u202f\u3000", " ") | dict.fromkeys("\u200b\u2060\ufeff\u00ad", "")
)
# Worth it only if the rest of the text is plain as well: quotation marks, dashes, the ellipsis.
PLAIN = str.maketrans(
    dict.fromkeys("\u201c\u201d\u201e", '"')
    | dict.fromkeys("\u2018\u2019`", "'")
    | dict.fromkeys("\u2013\u2014", "-")
    | {"\u2026": "..."}
)


def is_gsm(text: str) -> bool:
    """Whether the text goes in the cheap alphabet, GSM 03.38, and not as UCS-2."""
    return set(text) <= GSM | GSM_EXTENDED


def segments(text: str) -> int:
    """How many messages the carrier counts for ``text``, which is sent as it is."""
    cheap = is_gsm(text)
    costs = [_cost(letter, is_cheap=cheap) for letter in text]
    if sum(costs) <= SINGLE[cheap]:
        return 1 if text else 0
    return _packed(costs, JOINED[cheap])[0]


def cheapened(text: str) -> str:
    """``text`` without what makes it dear for nothing."""
    text = text.translate(SPACES)
    plain = text.translate(PLAIN)
    return plain if is_gsm(plain) else text


def cut(text: str) -> str:
    """``text``, ended where MOST_SEGMENTS end."""
    if segments(text) <= MOST_SEGMENTS:
        return text
    cheap = is_gsm(text)
    costs = [_cost(letter, is_cheap=cheap) for letter in text]
    fitting = _packed(costs, JOINED[cheap], most=MOST_SEGMENTS)[1] - len("...")
    return text[:fitting].rstrip() + "..."


def _cost(letter: str, *, is_cheap: bool) -> int:
    if is_cheap:
        return 2 if letter in GSM_EXTENDED else 1
    return 2 if ord(letter) > 0xFFFF else 1


def _packed(costs: list[int], room: int, *, most: int = 0) -> tuple[int, int]:
    """How many segments, and how many letters they hold; at most ``most`` of them if that is given. What takes two
    places is never torn apart."""
    count, left = 1, room
    for place, cost in enumerate(costs):
        if cost > left:
            if count == most:
                return count, place
            count, left = count + 1, room
        left -= cost
    return count, len(costs)
