"""What is past its time goes: payloads after a while, evidence and the books of erased people after years."""

from payments.retention.removal import Batch, batches, due, work_for

__all__ = ["Batch", "batches", "due", "work_for"]
