"""Pages of runs, and of all runs together: records to Markdown."""
