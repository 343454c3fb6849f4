"""A language model behind an OpenAI-compatible server: Ollama, vLLM, llama.cpp, LM Studio, a hosted one.

LlamaIndex's `OpenAILike` speaks the protocol. Here: one way to ask, a time limit (on each silence, and looked at with every
piece), errors a person can act on that never hold the key, a fallback for servers without structured output, and a cache of
replies for repeatable evaluations.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from rag.errors import InputError, LanguageModelError
from rag.settings import RagSettings

Role = Literal["system", "user", "assistant"]
Schema = Mapping[str, Any]

# A word piece is about four characters of English; three leaves room for names, figures and other scripts.
CHARACTERS_PER_TOKEN = 3
# Too many requests: the server is asked once more when it wants no longer pause than this, in seconds.
_LONGEST_PAUSE = 5.0
_CONNECT_SECONDS = 5.0


@dataclass(frozen=True)
class Message:
    """One message of a request."""

    role: Role
    text: str


class LanguageModel:
    """An open connection to a configured server. Nothing is asked before the first call."""

    def __init__(self, settings: RagSettings) -> None:
        """Raises InputError when no server is configured or the key file cannot be read."""
        if not settings.llm_base_url or not settings.llm_model:
            raise InputError(
                "No language model is configured.",
                "Set RAG_LLM_BASE_URL (for example http://localhost:11434/v1) and RAG_LLM_MODEL, or use --mode extractive.",
            )
        self.name = settings.llm_model
        self.url = settings.llm_base_url.rstrip("/")
        self.context = settings.llm_context
        self.seconds = settings.llm_timeout
        self._key = _key(settings)
        self.structured = True  # until the server says that it cannot
        self._cache = settings.data / "replies" if settings.llm_cache else None
        self._client: Any = None

    def stream(self, messages: Sequence[Message], schema: Schema | None, most_tokens: int) -> Iterator[str]:
        """The reply to `messages`, piece by piece. With `schema` the server is asked to keep to that JSON schema, if it can.

        Raises LanguageModelError when the server cannot be reached, answers with an error or takes longer than the time limit.
        """
        place = self._place(messages, schema, most_tokens)
        if place is not None and place.is_file():
            yield json.loads(place.read_text(encoding="utf-8"))["reply"]
            return
        said: list[str] = []
        for piece in self._asked(messages, schema, most_tokens):
            said.append(piece)
            yield piece
        if place is not None and said:
            place.parent.mkdir(parents=True, exist_ok=True)
            waiting = place.with_suffix(".new")
            waiting.write_text(json.dumps({"model": self.name, "reply": "".join(said)}), encoding="utf-8")
            waiting.replace(place)

    def complete(self, messages: Sequence[Message], schema: Schema | None, most_tokens: int) -> str:
        """The whole reply to `messages`. Raises LanguageModelError."""
        return "".join(self.stream(messages, schema, most_tokens))

    def models(self) -> list[str]:
        """The names of the models that the server lists. Raises LanguageModelError."""
        try:
            return [str(model.id) for model in self._open()._get_client().models.list(timeout=_CONNECT_SECONDS).data]
        except Exception as error:
            raise self._error(error) from None

    def _asked(self, messages: Sequence[Message], schema: Schema | None, most_tokens: int) -> Iterator[str]:
        deadline = time.monotonic() + self.seconds
        paused = False
        while True:
            begun = False
            try:
                for piece in self._pieces(messages, schema if self.structured else None, most_tokens):
                    begun = True
                    yield piece
                    if time.monotonic() > deadline:
                        raise LanguageModelError(f"The language model {self.name} took longer than {self.seconds:g} s.", _SLOW)
                return
            except LanguageModelError:
                raise
            except Exception as error:
                status = getattr(error, "status_code", None)
                if not begun and schema is not None and self.structured and status in (400, 404, 415, 422, 501):
                    self.structured = False  # some servers know no response_format: the prompt asks for it in words
                    continue
                pause = _pause(error)
                if not begun and status == 429 and not paused and pause is not None and time.monotonic() + pause < deadline:
                    paused = True
                    time.sleep(pause)
                    continue
                raise self._error(error) from None

    def _pieces(self, messages: Sequence[Message], schema: Schema | None, most_tokens: int) -> Iterator[str]:
        from llama_index.core.base.llms.types import ChatMessage, MessageRole

        extra: dict[str, Any] = {"max_tokens": most_tokens}
        if schema is not None:
            extra["response_format"] = {
                "type": "json_schema",
                "json_schema": {"name": "answer", "strict": True, "schema": dict(schema)},
            }
        chat = [ChatMessage(role=MessageRole(message.role), content=message.text) for message in messages]
        for part in self._open().stream_chat(chat, **extra):
            if part.delta:
                yield part.delta

    def _open(self) -> Any:
        if self._client is None:
            import httpx
            from llama_index.core.callbacks import CallbackManager
            from llama_index.llms.openai_like import OpenAILike

            self._client = OpenAILike(
                model=self.name,
                api_base=self.url,
                api_key=self._key or "none",
                is_chat_model=True,
                context_window=self.context,
                temperature=0.0,
                timeout=self.seconds,
                max_retries=0,
                callback_manager=CallbackManager([]),
                http_client=httpx.Client(timeout=httpx.Timeout(self.seconds, connect=_CONNECT_SECONDS)),
            )
        return self._client

    def _error(self, error: Exception) -> LanguageModelError:
        """What went wrong in a person's words. The server's own text may repeat the key: it is taken out."""
        name, status = type(error).__name__, getattr(error, "status_code", None)
        if name == "APITimeoutError" or "timed out" in str(error).lower():
            return LanguageModelError(f"The language model {self.name} did not answer within {self.seconds:g} s.", _SLOW)
        if name == "APIConnectionError":
            return LanguageModelError(
                f"There is no language model server at {self.url}.", "Start it, or correct RAG_LLM_BASE_URL; run: rag doctor."
            )
        if status in (401, 403):
            return LanguageModelError(f"{self.url} refused the key (status {status}).", "Correct RAG_LLM_API_KEY or its file.")
        if status == 404:
            return LanguageModelError(f"{self.url} knows no model {self.name!r}.", "Correct RAG_LLM_MODEL; run: rag doctor.")
        if status == 429:
            return LanguageModelError(f"{self.url} has too many requests.", "Wait a while, or raise the limit there.")
        said = " ".join(str(error).split())[:200]
        if self._key:
            said = said.replace(self._key, "…")
        return LanguageModelError(
            f"The language model server {self.url} failed: {said or name}.", "See its log; run: rag doctor."
        )

    def _place(self, messages: Sequence[Message], schema: Schema | None, most_tokens: int) -> Path | None:
        if self._cache is None:
            return None
        shaped = [self.url, self.name, most_tokens, schema, [[m.role, m.text] for m in messages]]
        return self._cache / f"{hashlib.sha256(json.dumps(shaped, sort_keys=True).encode()).hexdigest()}.json"


_SLOW = "Raise RAG_LLM_TIMEOUT, or use a smaller model."


def _pause(error: Exception) -> float | None:
    """How long a busy server asks to wait, in seconds; a second when it does not say, None when too long."""
    headers = getattr(getattr(error, "response", None), "headers", {})
    try:
        seconds = float(headers.get("retry-after", 1.0))
    except (TypeError, ValueError):
        return None
    return seconds if seconds <= _LONGEST_PAUSE else None


def _key(settings: RagSettings) -> str | None:
    if settings.llm_api_key is not None:
        return settings.llm_api_key.get_secret_value().strip() or None
    if settings.llm_api_key_file is None:
        return None
    try:
        return settings.llm_api_key_file.expanduser().read_text(encoding="utf-8").strip() or None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"The key file {settings.llm_api_key_file} cannot be read.", "Correct RAG_LLM_API_KEY_FILE."
        ) from error
