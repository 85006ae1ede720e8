"""Scripts that print ratios: alternatives measured side by side in one process run, never compared across runs."""
