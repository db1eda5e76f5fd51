"""Documents people read. `write_report`: the encounters of a scan as one self-contained HTML file."""

from skyaccord.report.page import FIGURES_MAX, report_html, write_report

__all__ = ["FIGURES_MAX", "report_html", "write_report"]
