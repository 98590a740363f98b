"""Giving money back: at once, after an operator's decision, or because a bank warned of fraud."""
