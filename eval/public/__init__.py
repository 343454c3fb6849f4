"""Sets that others made, read from a folder the user names: figures that can be held against published ones.

Nothing of the sets is kept: their documents are indexed in a temporary folder that is removed afterwards.
"""

from eval.public.figure import SetFigures
from eval.public.measure import measure_sets
from eval.public.sets import SETS

__all__ = ["SETS", "SetFigures", "measure_sets"]
