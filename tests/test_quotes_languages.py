"""Negations of other languages, left out by an ellipsis or standing just outside a cut."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.quotes import QuoteVerdict, check, languages, open_sources

# A little text around each sentence, by which its language can be told.
_AROUND = {
    "de": "Der Rat tagte im Rathaus, und die Bürger kamen mit ihren Kindern zu der Sitzung. {} Das ist der Stand der Dinge.",
    "fr": "Le conseil s’est réuni dans la mairie, et les habitants sont venus pour la séance. {} C’est la fin du rapport.",
    "es": "El consejo se reunió en el salón de la alcaldía con los vecinos de la isla. {} Es el fin del acta.",
    "it": "Il consiglio si è riunito nella sala del municipio con gli abitanti della città. {} È la fine del verbale.",
    "pt": "O conselho reuniu-se na sala da câmara com os moradores da ilha e a imprensa. {} É o fim da ata.",
    "nl": "De raad kwam bijeen in het gemeentehuis en de bewoners van het eiland waren er. {} Dat is het einde van het verslag.",
}
_HIDDEN = [
    ("de", "Die Fähre hat an diesem Tag nie den Hafen verlassen.", "Die Fähre hat … den Hafen verlassen"),
    ("fr", "La ville ne paiera jamais la seconde grue.", "La ville … paiera … la seconde grue"),
    ("es", "El barco no salió nunca del puerto aquella noche.", "El barco … salió … del puerto aquella noche"),
    ("it", "La nave non lasciò mai il porto quella notte.", "La nave … lasciò … il porto quella notte"),
    ("pt", "O barco não saiu do porto naquela noite.", "O barco … saiu do porto naquela noite"),
    ("nl", "De boot heeft die nacht nooit de haven verlaten.", "De boot heeft die nacht … de haven verlaten"),
]
_OUTSIDE = [
    ("de", "Kein Matrose hat den Brand gesehen.", "Matrose hat den Brand gesehen"),
    ("de", "Der Kapitän verkauft das Schiff in diesem Winter nicht.", "Der Kapitän verkauft das Schiff"),
    ("fr", "La ville ne paiera jamais la seconde grue.", "paiera jamais la seconde grue"),
    ("fr", "Personne n’a vu que la ville paiera la grue.", "vu que la ville paiera la grue"),
    ("es", "Nadie del consejo ha visto la carta.", "del consejo ha visto la carta"),
    ("es", "El alcalde no venderá la grúa.", "venderá la grúa"),
    ("it", "Nessuno del consiglio ha letto la lettera.", "del consiglio ha letto la lettera"),
    ("it", "Il sindaco non venderà la gru.", "venderà la gru"),
    ("pt", "O prefeito não venderá o guindaste.", "venderá o guindaste"),
    ("pt", "Ninguém do conselho leu a carta.", "do conselho leu a carta"),
    ("nl", "De burgemeester verkoopt de kraan dit jaar niet.", "De burgemeester verkoopt de kraan"),
    ("nl", "Geen enkele schipper heeft de brand gezien.", "schipper heeft de brand gezien"),
]
_FAIR = [
    ("de", "Der Kapitän verkauft das Schiff im Winter, nicht im Sommer.", "Der Kapitän verkauft das Schiff im Winter"),
    ("de", "Nicht nur der Rat hat den Brief gelesen.", "der Rat hat den Brief gelesen"),
    ("fr", "La ville paiera la grue, dit le maire, au printemps.", "La ville paiera la grue … au printemps"),
    ("es", "El alcalde venderá la grúa, dijo, en la primavera.", "El alcalde venderá la grúa … en la primavera"),
    ("it", "Il sindaco venderà la gru a maggio in porto.", "Il sindaco venderà la gru … in porto"),
    ("nl", "De burgemeester verkoopt in mei de kraan.", "De burgemeester verkoopt … de kraan"),
]


def _verdict(folder: Path, spoken: str, sentence: str, quote: str) -> QuoteVerdict:
    (folder / "minutes.txt").write_text(_AROUND[spoken].format(sentence), encoding="utf-8")
    return check(open_sources(folder, None), quote)


@pytest.mark.parametrize(("spoken", "sentence", "quote"), _HIDDEN)
def test_a_hidden_negation_is_no_fair_omission(tmp_path: Path, spoken: str, sentence: str, quote: str) -> None:
    found = _verdict(tmp_path, spoken, sentence, quote)
    assert found.verdict == "altered"
    assert "negation" in {difference.kind for difference in found.differences}


@pytest.mark.parametrize(("spoken", "sentence", "quote"), _OUTSIDE)
def test_a_negation_outside_the_cut_is_shown(tmp_path: Path, spoken: str, sentence: str, quote: str) -> None:
    assert "negation" in {risk.kind for risk in _verdict(tmp_path, spoken, sentence, quote).context_risk}


@pytest.mark.parametrize(("spoken", "sentence", "quote"), _FAIR)
def test_what_denies_nothing_is_no_negation(tmp_path: Path, spoken: str, sentence: str, quote: str) -> None:
    found = _verdict(tmp_path, spoken, sentence, quote)
    assert found.verdict in ("exact", "elided")
    assert found.context_risk == ()


@pytest.mark.parametrize("spoken", _AROUND)
def test_the_language_is_told(spoken: str) -> None:
    assert languages.language(_AROUND[spoken], 0) == spoken


def test_where_no_language_is_told_the_verdict_says_so(tmp_path: Path) -> None:
    (tmp_path / "protokoll.txt").write_text("Rådet möttes i stadshuset klockan nio. Färjan låg kvar vid kajen hela natten.")
    found = check(open_sources(tmp_path, None), "Färjan låg kvar vid kajen")
    assert found.verdict == "exact"
    assert "context was not judged" in (found.note or "")
