"""The run directory: manifest, status, record, predictions; a run trained and evaluated into it."""
