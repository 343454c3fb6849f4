"""Is a sentence that somebody wrote supported by the passage it cites? Rules on its particulars, and a small model."""

from rag.verify.again import objection
from rag.verify.types import Evidence, Finding, Verified, Window
from rag.verify.verifier import Verifier

__all__ = ["Evidence", "Finding", "Verified", "Verifier", "Window", "objection"]
