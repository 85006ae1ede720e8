"""A trained model on photos."""
