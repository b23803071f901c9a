"""Addresses of the figures: pages, files, the API."""

from __future__ import annotations

from typing import Final

from hotline.accounts.permissions import Permission
from hotline.reports.tables import Report
from hotline.web.api import reports
from hotline.web.console import figure_files, figure_views, figures, figures_behind
from hotline.web.entrance import Route

_READ: Final = Permission.FIGURES_READ
FIGURES: Final = (
    Route("GET", "/figures", figures.show, _READ, "figures"),
    Route("GET", "/figures/chart.svg", figures.chart, _READ, "figures.chart", streams=True),
    Route("GET", "/figures/behind", figures_behind.show, _READ, "figures.behind"),
    Route("GET", "/figures/report.csv", figure_files.csv_file, _READ, "figures.csv"),
    Route("POST", "/figures/report.xlsx", figure_files.workbook, _READ, "figures.xlsx", streams=True),
    Route("POST", "/figures/views", figure_views.save, _READ, "figures.views"),
    Route("POST", "/figures/views/{id:[0-9]{1,18}}/delete", figure_views.drop, _READ, "figures.views.delete"),
    Route("GET", "/figures/monthly/{month:[0-9]{4}-[0-9]{2}}.pdf", figure_files.monthly, _READ, "figures.monthly"),
)
_API: Final = "/api/v1/reports/"
FIGURES_API: Final = tuple(
    Route("GET", _API + report.value, reports.answer_with(report), _READ, f"api.reports.{report.value}", machine=True)
    for report in Report
)
