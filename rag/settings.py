"""Settings, from RAG_* environment variables and the command line; bounded, unknown keys refused."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from platformdirs import user_data_path
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from rag.corpus import bundled
from rag.errors import InputError

# Its weights are in rag/weights; see rag.models.
DEFAULT_MODEL = "multilingual-e5-small"


Mode = Literal["extractive", "generative"]


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
    mode: Mode | None = Field(
        None,
        description="Who writes the answer: extractive, the sources themselves; generative, a language model whose every "
        "sentence is verified. Without it: generative when a language model is configured.",
    )
    llm_base_url: str | None = Field(
        None, pattern=r"^https?://", description="Address of an OpenAI-compatible server, such as http://localhost:11434/v1."
    )
    llm_model: str | None = Field(None, min_length=1, description="Name of the language model on that server.")
    llm_api_key: SecretStr | None = Field(None, description="Key for that server; never written anywhere.")
    llm_api_key_file: Path | None = Field(None, description="File that holds the key, instead of RAG_LLM_API_KEY.")
    llm_timeout: Annotated[float, Field(gt=0, le=3600)] = Field(
        120.0, description="Seconds a reply of the language model may take before the sources' own sentences are given."
    )
    llm_context: Annotated[int, Field(ge=1024, le=1_000_000)] = Field(
        4096, description="Context size of the language model in tokens; passages that do not fit are left out whole."
    )
    llm_cache: bool = Field(
        False, description="Keep replies of the language model in the data folder, so that an evaluation can be repeated."
    )

    @property
    def answers(self) -> Mode:
        """Which mode answers."""
        return self.mode or ("generative" if self.llm_base_url and self.llm_model else "extractive")


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
