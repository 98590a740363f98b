"""The steps of what a paid plan is bought for: other people's numbers, comparing oneself with them, remedies."""

from datetime import datetime
from zoneinfo import ZoneInfo

from dev.demo.frontend import Frontend, expect
from dev.demo.operator import Operator

# Thomas John Hancock, born 10 May 1949: 5 + 1 + 5 = 11.
FRIEND = {"name": "Thomas John Hancock", "birth_date": "1949-05-10"}
FRIENDS_LIFE_PATH = 11


def keep_somebody(frontend: Frontend, operator: Operator) -> str:
    person = frontend.call("POST", "/people/", 201, relationship="friend", **FRIEND)
    answer = frontend.call("POST", f"/people/{person['id']}/calculate/", 200, system="pythagorean")
    expect(answer["profile"]["life_path_number"], FRIENDS_LIFE_PATH, "life_path_number")
    return f"{person['name']}, Life Path {FRIENDS_LIFE_PATH}"


def compare(frontend: Frontend, operator: Operator) -> str:
    answer = frontend.call(
        "POST",
        "/numerology/compatibility-check/",
        201,
        partner_name=FRIEND["name"],
        partner_birth_date=FRIEND["birth_date"],
        relationship_type="friendship",
    )
    history = frontend.call("GET", "/numerology/compatibility-history/", 200)
    expect([check["id"] for check in history], [answer["id"]], "The history")
    return f"{answer['compatibility_score']} of 100: {answer['strengths'][0]}"


def practise(frontend: Frontend, operator: Operator) -> str:
    remedy = frontend.call("GET", "/numerology/remedies/", 200)[0]
    path = f"/numerology/remedies/{remedy['id']}"
    today = datetime.now(ZoneInfo(frontend.timezone)).date().isoformat()
    frontend.call("POST", f"{path}/track/", 200, date=today, is_completed=True)
    expect(frontend.call("GET", f"{path}/progress/", 200)["current_streak"], 1, "current_streak")
    return f"{remedy['title']}, practised today"
