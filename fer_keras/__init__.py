"""Facial expression recognition papers on FER2013, rebuilt in Keras so that their numbers can be believed."""

__version__ = "0.1.0"
