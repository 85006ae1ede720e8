"""Figures from metrics and predictions, drawn with matplotlib and seaborn."""
