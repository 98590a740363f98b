"""Two years of many people in minutes: they do what people do, events are lost, workers are killed, and in the end
everything has to agree with Stripe.

``people.py`` acts, ``town.py`` is the world they share, ``workers.py`` are real processes that die, ``life.py`` lets
the time pass, ``check.py`` and ``drifts.py`` judge. ``test_soak.py`` runs it small, ``make soak`` at full size.
"""
