"""One thing told to many people: whom, fixed at once; then in batches that any worker can go on with."""
