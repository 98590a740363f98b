"""Reports shown in the API documentation, made from the chart of Thomas John Hancock, born 10 May 1949."""

from datetime import date

from drf_spectacular.utils import OpenApiExample

from numerology.charts.reports.analysis import analysis_of
from numerology.charts.reports.full import report_on
from numerology.engine import chart

BORN = date(1949, 5, 10)

ANALYSIS = OpenApiExample("analysis", value=analysis_of(BORN), response_only=True, status_codes=["200"])
REPORT = OpenApiExample(
    "report",
    value=report_on(chart(name="Thomas John Hancock", birth_date=BORN, on_date=date(2026, 11, 20))),
    response_only=True,
    status_codes=["200"],
)
