from payments.gateway.connection.client import refuse_empty, stripe_client
from payments.gateway.snapshots.disputes import DisputeView, FraudWarningView, dispute_view, fraud_warning_view


def fetch_dispute(dispute_id: str) -> DisputeView:
    """Raises ObjectMissing."""
    refuse_empty(dispute_id)
    with stripe_client() as client:
        dispute = client.v1.disputes.retrieve(dispute_id)
    return dispute_view(dispute.to_dict())


def fetch_fraud_warning(warning_id: str) -> FraudWarningView:
    """Raises ObjectMissing."""
    refuse_empty(warning_id)
    with stripe_client() as client:
        warning = client.v1.radar.early_fraud_warnings.retrieve(warning_id)
    return fraud_warning_view(warning.to_dict())
