class TemplateFault(Exception):
    """Words are absent, malformed, or use a name that their context lacks."""
