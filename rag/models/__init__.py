"""The models: the encoder that retrieval compares with, and the evidence model that reads.

Both are multilingual BERTs on ONNX Runtime over one table of word pieces (`rag/weights`). `rag.models.encoder` is not imported
here: it brings LlamaIndex with it, which takes a second.
"""

from rag.models.evidence import EvidenceModel, Reading, Support, Window, bundled_evidence
from rag.models.kinds import SURVEYS, Kind, kind_of
from rag.models.session import preload

__all__ = ["SURVEYS", "EvidenceModel", "Kind", "Reading", "Support", "Window", "bundled_evidence", "kind_of", "preload"]
