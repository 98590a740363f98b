"""``make storm``: everything that carries messages fails, and then what arrived is held against what was to arrive."""
