"""Rule 48: a delivery only moves forward."""

from itertools import product

import pytest

from notifications.inbound.reports import Report, moves, take
from notifications.models import Delivery
from notifications.vocabulary import DeliveryStatus

ORDER = ["pending", "queued", "sending", "sent", "delivered"]
REPORTED = ["sent", "delivered", "bounced", "failed"]


@pytest.mark.parametrize(("present", "reported"), list(product(DeliveryStatus.values, REPORTED)))
def test_rule_48_only_what_is_further_on_counts(present: str, reported: str) -> None:
    if present in {"bounced", "failed", "skipped", "cancelled", "expired"}:
        expected = False
    elif reported == "bounced":
        expected = True
    elif reported == "failed":
        expected = present != "delivered"
    else:
        expected = ORDER.index("pending" if present == "deferred" else present) < ORDER.index(reported)
    assert moves(present, reported) is expected


def test_rule_48_a_late_sent_changes_nothing_and_an_event_counts_once(mail: Delivery) -> None:
    for number, status in enumerate((DeliveryStatus.DELIVERED, DeliveryStatus.SENT, DeliveryStatus.FAILED)):
        said = Report("postmark", "email", f"event-{number}", status, message_id="mail-1", status=status)
        assert take(said)
        mail.refresh_from_db()
        first = mail.delivered_at
        assert not take(said)
        mail.refresh_from_db()
        assert (mail.status, mail.delivered_at) == ("delivered", first)
    assert take(Report("postmark", "email", "back", "bounced", message_id="mail-1", status=DeliveryStatus.BOUNCED))
    mail.refresh_from_db()
    assert mail.status == "bounced"
    assert take(Report("postmark", "email", "again", "delivered", message_id="mail-1", status=DeliveryStatus.DELIVERED))
    mail.refresh_from_db()
    assert mail.status == "bounced"


def test_an_answer_that_was_lost_costs_no_second_mail(mail: Delivery) -> None:
    """It timed out and waits for its next try, while the provider has it."""
    Delivery.objects.filter(pk=mail.pk).update(status="pending", next_attempt_at=mail.sent_at)
    take(Report("postmark", "email", "e", "sent", message_id="mail-1", status=DeliveryStatus.SENT))
    mail.refresh_from_db()
    assert (mail.status, mail.next_attempt_at) == ("sent", None)
