"""What is asked of a subscription that runs: another plan, its end, a pause."""
