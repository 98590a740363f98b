from uuid import UUID

from celery import shared_task

# Everything that Stripe has takes hours, and a run that is stopped goes back to the last place it could save.
RECONCILE_SECONDS = 6 * 3600


@shared_task(name="payments.tasks.process_webhook_event")
def process_webhook_event(row_id: str) -> None:
    from payments.services import handle_webhook_event

    handle_webhook_event(UUID(row_id))


@shared_task(name="payments.tasks.sweep_webhook_events")
def sweep_webhook_events() -> None:
    from payments.webhooks import inbox

    inbox.sweep_webhook_events()


@shared_task(name="payments.tasks.resume_paused")
def resume_paused() -> None:
    from payments import services

    services.resume_due()


@shared_task(name="payments.tasks.close_abandoned")
def close_abandoned() -> None:
    from payments import services

    services.close_abandoned()


@shared_task(name="payments.tasks.sweep_operations")
def sweep_operations() -> None:
    from payments import services

    services.sweep_operations()


@shared_task(name="payments.tasks.tell_contact")
def tell_contact(customer_id: str) -> None:
    from payments import services

    services.tell_contact(UUID(customer_id))


@shared_task(name="payments.tasks.sweep_contacts")
def sweep_contacts() -> None:
    from payments import services

    services.sweep_contacts()


@shared_task(name="payments.tasks.remove_what_is_past_its_time")
def remove_what_is_past_its_time() -> None:
    from payments import retention

    retention.work_for(seconds=60)


@shared_task(name="payments.tasks.reconcile", time_limit=RECONCILE_SECONDS)
def reconcile() -> None:
    from payments import reconciling

    reconciling.reconcile_everything()


@shared_task(name="payments.tasks.resume_reconciling", time_limit=RECONCILE_SECONDS)
def resume_reconciling() -> None:
    from payments import reconciling

    reconciling.resume_abandoned_run()
