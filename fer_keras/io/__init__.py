"""Errors, atomic files, and what strangers wrote read with care: JSON, .npz. Plain Python and NumPy."""
