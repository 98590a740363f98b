from uuid import UUID

from celery import shared_task


@shared_task(name="numerology.tasks.remove_what_is_past_its_time")
def remove_what_is_past_its_time() -> None:
    from numerology.people import cleaning
    from numerology.people.imports import working
    from numerology.readings.rounds import working as rounds

    cleaning.erase_deleted()
    working.purge()
    rounds.purge()


@shared_task(name="numerology.tasks.import_people")
def import_people(import_id: str) -> None:
    from numerology.people.imports import working

    working.work(UUID(import_id))


@shared_task(name="numerology.tasks.sweep_imports")
def sweep_imports() -> None:
    from numerology.people.imports import working

    working.sweep()


@shared_task(name="numerology.tasks.remind_of_remedies")
def remind_of_remedies() -> None:
    from numerology.remedies import reminding

    reminding.remind()


@shared_task(name="numerology.tasks.sweep_readings")
def sweep_readings() -> None:
    from numerology.readings.rounds import opening

    opening.sweep()


@shared_task(name="numerology.tasks.make_readings")
def make_readings(round_id: str) -> None:
    from numerology.readings.rounds import working

    working.work(UUID(round_id))
