"""The report: one HTML file that opens offline and needs no script; every text in it is escaped.

In reading order: `shown` is what a run collects for it, `sample` how that stays small; `lines` sets out a document,
`sides` two of a cluster, `charts` the figures; `words` and `reasons` are what the page says, `visible` keeps a text
from turning the page around, and `page` puts it together.
"""

from arclean.report.page import write_report
from arclean.report.shown import Figures, RuleRow, Shown
from arclean.report.words import Language

__all__ = ["Figures", "Language", "RuleRow", "Shown", "write_report"]
