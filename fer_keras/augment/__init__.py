"""Augmentation: what is drawn (sampling) apart from what is done with it (applying)."""
