"""Copies, contradicting labels and blank images of a data set."""
