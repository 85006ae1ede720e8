"""Run records to Markdown: every table is generated from the JSON beside it, never typed."""

from fer_keras.report.page import write_report
from fer_keras.report.record import save_record
from fer_keras.report.regenerate import regenerate
from fer_keras.report.samples import save_samples

__all__ = ["regenerate", "save_record", "save_samples", "write_report"]
