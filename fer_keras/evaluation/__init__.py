"""Metrics, statistics and figures, from predictions on disk; no TensorFlow here."""
