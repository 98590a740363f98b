import traceback


def places(error: BaseException) -> dict[str, str]:
    """What a log may say of an unexpected error: its type and where it came from. Its message may quote what a person
    typed, or a secret."""
    return {
        "exception": f"{type(error).__module__}.{type(error).__qualname__}",
        "traceback": "".join(traceback.format_tb(error.__traceback__)),
    }
