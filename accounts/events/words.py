"""What a browser says of itself, in words that a person recognises."""

import re

UNKNOWN = "Unknown device"

# The first one found decides: nearly every browser also claims to be the ones before it.
BROWSERS = (
    (re.compile(r"\bEdg(e|A|iOS)?/"), "Edge"),
    (re.compile(r"\b(OPR|OPiOS|Opera)\b"), "Opera"),
    (re.compile(r"\bSamsungBrowser/"), "Samsung Internet"),
    (re.compile(r"\b(Firefox|FxiOS)\b"), "Firefox"),
    (re.compile(r"\b(Chrome|CriOS|Chromium)/"), "Chrome"),
    (re.compile(r"\bVersion/\S+ .*Safari/|\bSafari/.*\bVersion/"), "Safari"),
)
SYSTEMS = (
    (re.compile(r"\biPhone\b"), "iPhone"),
    (re.compile(r"\biPad\b"), "iPad"),
    (re.compile(r"\bAndroid\b"), "Android"),
    (re.compile(r"\bWindows\b"), "Windows"),
    (re.compile(r"\bCrOS\b"), "ChromeOS"),
    (re.compile(r"\b(Macintosh|Mac OS X|Darwin)\b"), "macOS"),
    (re.compile(r"\bLinux\b"), "Linux"),
)
PROGRAM = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{1,29}(?=/|$)")


def in_words(user_agent: str) -> str:
    """Such as "Firefox on Windows"; the program's own name for what is no browser we know."""
    return " on ".join(part for part in parts(user_agent) if part) or UNKNOWN


def parts(user_agent: str) -> tuple[str, str]:
    """Browser or program, and system; "" for what it does not say. Names alone, which are the same in any language."""
    return _first(BROWSERS, user_agent) or _program(user_agent), _first(SYSTEMS, user_agent)


def _first(known: tuple[tuple[re.Pattern[str], str], ...], user_agent: str) -> str:
    return next((name for pattern, name in known if pattern.search(user_agent)), "")


def _program(user_agent: str) -> str:
    found = PROGRAM.match(user_agent)
    return found[0] if found and found[0] != "Mozilla" else ""
