"""What operators see beside the tables: the texts that are in use, and figures of the last thirty days."""
