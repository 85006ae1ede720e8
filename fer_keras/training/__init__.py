"""Phases of training: freeze, compile, fit, checkpoint."""
