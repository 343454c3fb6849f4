"""The report of a release: one HTML file that needs nothing else, and the same in Markdown."""

from eval.report.write import write_report

__all__ = ["write_report"]
