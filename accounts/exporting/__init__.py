"""A person's data as one document: at once, or as a file that is made in the background."""
