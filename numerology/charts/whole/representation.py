from typing import Any

from numerology.charts.whole.texts import texts_of
from numerology.engine import Chart


def chart_json(chart: Chart, *, with_texts: bool = False) -> dict[str, Any]:
    """The engine's plain values with their hash, and a text for each when asked for."""
    body = {"content_hash": chart.content_hash, **chart.to_dict()}
    return body | {"texts": texts_of(chart)} if with_texts else body
