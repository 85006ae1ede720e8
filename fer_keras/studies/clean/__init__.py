"""Which training images are better left out, and why."""
