"""The picture beside a name: what is uploaded is decoded, made anew and kept as a file of ours under a random name."""
