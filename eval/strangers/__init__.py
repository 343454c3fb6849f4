"""Corpora of strangers: folders of documents and cases that no part of the project was made with, named on the command line.

Nothing of such a corpus is kept: its documents are indexed in a temporary folder, unless a data folder is given.
"""

from eval.strangers.measure import Strangers, measure_strangers
from eval.strangers.rows import Row, to_json

__all__ = ["Row", "Strangers", "measure_strangers", "to_json"]
