"""Rules and pipelines: a rule finds edits, and everything else follows from the edits.

A *cleaner* is anything with `__call__(str) -> str` and `explain(str) -> Cleaned`: a `Rule`, a `Pipeline` of cleaners,
a learnt site profile. They nest, print, compare equal, pickle and (as pipelines) go to JSON and back.
"""

from arclean.rules.base import Cleaner, Explained, FunctionRule, Rule, explained, looks_for, rule
from arclean.rules.pipeline import Pipeline

__all__ = ["Cleaner", "Explained", "FunctionRule", "Pipeline", "Rule", "explained", "looks_for", "rule"]
