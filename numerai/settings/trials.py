PLANS = ("basic", "premium", "elite")


def trial_days(text: str) -> dict[str, int]:
    """Days of trial by plan, from one number for all plans, or from some of them by name: "basic=7,elite=14".

    Raises ValueError for anything else.
    """
    if "=" not in text:
        return dict.fromkeys(PLANS, int(text))
    pairs = (part.split("=") for part in text.split(","))
    return {plan.strip(): int(days) for plan, days in pairs}
