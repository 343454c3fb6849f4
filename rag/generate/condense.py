"""A follow-up made to stand alone by the model, kept only when it brings in nothing that was not said."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.errors import LanguageModelError
from rag.llm import LanguageModel, Message
from rag.particulars import foreign
from rag.questions import LONGEST_QUESTION
from rag.types import Exchange

# Turns shown to the model, newest last, and characters of each answer.
_TURNS, _ANSWER = 3, 400
_TOKENS = 80

_SYSTEM = (
    "Rewrite the last question so that it can be understood without the conversation: replace words like 'it', 'he', 'there' "
    "by what they mean. Add nothing else. If it can be understood already, repeat it. Reply with the question only."
)


def condense(model: LanguageModel, question: str, history: Sequence[Exchange]) -> str | None:
    """The standalone question; None when the model failed, changed nothing, or named what nobody had named."""
    turns = [f"Q: {turn.question}\nA: {turn.answer[:_ANSWER]}" for turn in history[-_TURNS:]]
    asked = [Message("system", _SYSTEM), Message("user", "\n".join([*turns, f"Last question: {question}"]))]
    try:
        reply = model.complete(asked, None, _TOKENS)
    except LanguageModelError:
        return None  # the answer itself will be asked for, and will say that the model does not answer
    written = re.sub(r"^(?:(?:Rewritten |Standalone |Last )?[Qq]uestion|Q)\s*:\s*", "", reply.strip().split("\n")[0]).strip(
        ' "“”'
    )
    known = " ".join([question, *(f"{turn.question} {turn.answer}" for turn in history)])
    if (
        not written
        or written == question
        or not keeps_to(written, known)
        or len(written) > min(LONGEST_QUESTION, 3 * len(known))
    ):
        return None
    return written if written.endswith("?") == question.rstrip().endswith("?") else None


def keeps_to(text: str, known: str) -> bool:
    """Whether every figure, date and name of `text` stands in `known`."""
    return not foreign(text, known)
