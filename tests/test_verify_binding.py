"""Figures and names belong to the same thing in the statement as in the passage; figures keep unit, bound and range."""

from __future__ import annotations

import pytest

from rag.types import Entry
from rag.verify import Evidence, Verifier
from rag.verify.figures import values

ENTRY = Entry("notes.txt", "Notes", ("Anna Rossi",), None, "2016")


@pytest.fixture(scope="module")
def verifier() -> Verifier:
    return Verifier.bundled()


def kinds(verifier: Verifier, statement: str, *passage: str) -> set[str]:
    return {finding.kind for finding in verifier.verify(statement, [Evidence(passage, ENTRY)]).findings}


@pytest.mark.parametrize(
    ("text", "value", "kind"),
    [
        ("two hundred and fifty", 250, "number"),
        ("half a million", 500_000, "number"),
        ("two and a half", 2.5, "number"),
        ("two dozen", 24, "number"),
        ("1,500", 1500, "number"),
        ("€4m", 4_000_000, "number"),
        ("minus 5", -5, "number"),
        ("1956", 1956, "year"),
        ("1990’s", 1990, "decade"),
        ("twenty-first", 21, "ordinal"),
        ("thirtieth", 30, "ordinal"),
        ("30 per cent", 30, "percent"),
        ("two-thirds", 2 / 3, "part"),
        ("3 March", 303, "day"),
        ("Monday", 0, "weekday"),
        ("thousands", 1000, "plenty"),
    ],
)
def test_a_figure_is_read_however_it_is_written(text: str, value: float, kind: str) -> None:
    found = [(v.value, v.kind) for v in values(f"It was {text} then.")]
    assert (pytest.approx(value), kind) in found


def test_what_belongs_to_a_figure() -> None:
    (one,) = values("The bridge is at least 300 m long.")
    assert (one.value, one.unit, one.bound) == (300, "metre", ">=")
    (one,) = values("It cost NT$5 million a year.")
    assert (one.value, one.unit, one.per) == (5_000_000, "twd", "year")
    assert [v.other_end for v in values("It takes 3 to 5 years.")] == [5, 3]
    assert [v.other_end for v in values("It rose from 3 to 5 percent.")] == [None, None]
    assert [v.value for v in values("the war of 1914–18")] == [1914, 1918]
    assert next(v for v in values("on 3 March 1956") if v.kind == "day").year == 1956
    assert [v.kind for v in values("She may come to the march in a third term.")] == ["ordinal"]


@pytest.mark.parametrize(
    ("statement", "passage", "kind"),
    [
        ("Maria Keller died in 1921.", ["Maria Keller was born in 1921 and died in 1987."], "number"),
        ("The treaty was ratified on March 3.", ["The treaty was signed on March 3 and ratified on May 9."], "number"),
        ("The dam burst in 1975.", ["The dam, which was completed in 1975, burst in 1981."], "number"),
        ("The bridge closed in 1956.", ["The bridge opened in 1956.", "It closed in 1983."], "number"),
        (
            "The bridge opened on 5 March 1956.",
            ["The bridge opened on 6 March 1956.", "It was painted on 5 March 1960."],
            "number",
        ),
        (
            "Sales in Brazil rose by 12 percent.",
            ["Sales in Brazil rose by 7 percent, while sales in Chile rose by 12 percent."],
            "number",
        ),
        ("Turnout was 61 percent in Oslo.", ["Turnout was 61 percent in Bergen and 54 percent in Oslo."], "number"),
        (
            "The population was 15,000 in 1950.",
            ["The population was 15,000 in 1900, 22,000 in 1925 and 40,000 in 1950."],
            "number",
        ),
        (
            "Hull and Leeds built 12 and 20 schools, respectively.",
            ["Leeds and Hull built 12 and 20 schools, respectively."],
            "number",
        ),
        ("The tunnel is 57 miles long.", ["The tunnel is 57 kilometres long."], "number"),
        ("The painting cost $400,000.", ["The painting cost £400,000."], "number"),
        ("The city has 5 million inhabitants.", ["The city has nearly five million inhabitants."], "number"),
        ("The storm killed at least 5 people.", ["The storm killed at most 5 people."], "number"),
        ("The tower will take 5 years to build.", ["The tower will take 3 to 5 years to build."], "number"),
        ("The museum opened in 1802.", ["The museum opened before 1802."], "number"),
        ("Output rose to 20 percent.", ["Output rose by 20 percent."], "number"),
        ("The shop opens on Monday.", ["The shop opens on Tuesday."], "number"),
        ("President Lund opened the school.", ["Vice President Lund opened the school."], "name"),
        ("Rossi designed the harbour of Ostia.", ["The harbour of Ostia was designed by the city engineer."], "name"),
        ("The regiment fought in World War I.", ["The regiment fought in World War II."], "name"),
        ("The University of Bonn built the clinic.", ["The University of Graz built the clinic in Bonn."], "name"),
        (
            "The portrait was painted by Berg and bought by Holm.",
            ["The portrait was painted by Holm and bought by Berg."],
            "name",
        ),
        ("The train runs from Oslo to Bergen.", ["The train runs from Bergen to Oslo."], "name"),
        ("Max Ohm won the prize in 1921.", ["Max Ohm, whose pupil Lena Koch won the prize in 1921, taught in Bonn."], "name"),
        (
            "Anna Berg was succeeded by Karl Holm as director.",
            ["Karl Holm was succeeded by Anna Berg as director."],
            "name",
        ),
        ("Copper is cheaper than zinc.", ["Zinc is cheaper than copper."], "order"),
        ("Berg called the plan “a disaster”.", ["Holm called the plan “a disaster”, but Berg defended it."], "attribution"),
        ("The tax is unfair, according to Berg.", ["Holm says the tax is unfair, while Berg defends it."], "attribution"),
        ("Berg said he was “proud of the result”.", ["Berg said he was “anything but proud of the result”."], "quotation"),
        ("Berg called the bridge “a disaster”.", ["Berg called the tunnel “a disaster” and praised the bridge."], "quotation"),
        ("Leeds, not Hull, won the cup.", ["Hull, not Leeds, won the cup."], "negation"),
        ("The vaccine is safe for infants.", ["The vaccine is unsafe for infants."], "negation"),
        ("Aspirin reduces fever in adults.", ["It is a myth that aspirin reduces fever in adults."], "negation"),
        ("The library is the largest in Norway.", ["The library is the second largest in Norway."], "scope"),
        ("Cats are sold at the market.", ["Cats are sold at the market only on feast days."], "condition"),
        (
            "The study found that tea lowers the risk of stroke.",
            ["The study asked whether tea lowers the risk of stroke."],
            "hedge",
        ),
        (
            "The team said warming water has helped the parasite.",
            ["The team said warming water may have helped the parasite."],
            "hedge",
        ),
    ],
)
def test_what_belongs_to_something_else_is_found(verifier: Verifier, statement: str, passage: list[str], kind: str) -> None:
    assert kind in kinds(verifier, statement, *passage)


@pytest.mark.parametrize(
    ("statement", "passage"),
    [
        ("Maria Keller died in 1987.", ["Maria Keller was born in 1921 and died in 1987."]),
        ("The population was 40,000 in 1950.", ["The population was 15,000 in 1900, 22,000 in 1925 and 40,000 in 1950."]),
        ("The museum has 250 paintings.", ["The museum has two hundred and fifty paintings."]),
        ("Three of the ten ships sank.", ["Of the ten ships, three sank."]),
        ("The war lasted from 1914 to 1918.", ["The war lasted from 1914–18."]),
        ("The Taiwanese navy bought 4 ships.", ["Taiwan’s navy bought 4 ships."]),
        ("He won a third term as mayor.", ["He won his third term as mayor."]),
        ("In 1956 the ships sank off the coast.", ["In 1956 about 5 ships sank off the coast."]),
        ("The portrait was painted by Holm.", ["The portrait was painted by Holm and bought by Berg."]),
        ("Lena Koch won the prize in 1921.", ["Max Ohm, whose pupil Lena Koch won the prize in 1921, taught in Bonn."]),
        ("Vice President Lund opened the school.", ["Vice President Lund opened the school in Hull."]),
        ("Holm called the plan “a disaster”.", ["Holm called the plan “a disaster”, but Berg defended it."]),
        ("The library is the second largest in Norway.", ["The library is the second largest in Norway and has four floors."]),
    ],
)
def test_what_belongs_to_the_same_thing_is_shown(verifier: Verifier, statement: str, passage: list[str]) -> None:
    assert kinds(verifier, statement, *passage) <= {"support"}


@pytest.mark.parametrize("statement", ["Japanese", "The Wilson Center", "The Wilson Center, 2021", "tourists from Norby", ""])
def test_a_fragment_is_not_shown(verifier: Verifier, statement: str) -> None:
    passage = "The Japanese tourists from Norby visited The Wilson Center in 2021."
    assert kinds(verifier, statement, passage) == {"words"}


def test_words_of_its_own_need_more_support(verifier: Verifier) -> None:
    """A sentence that no one sentence of the passage carries is not shown on a middling score."""
    passage = ("The bakery has a branch in Turin.", "The main house in Milan burned down.")
    assert kinds(verifier, "The bakery in Turin burned down.", *passage)


@pytest.mark.parametrize(
    ("statement", "passage"),
    [
        (
            "Dahl and Lund founded the club.",
            ["Dahl and her sister founded the club in Norby.", "Lund joined the team of Alby."],
        ),
        ("The club was bought by a bitter rival of Dahl.", ["The club was sold in May.", "Dahl founded it with her sister."]),
        ("Holm and Berg met in the ministry on May 3, 2019.", ["Holm met Berg in the ministry (The Herald, May 3, 2019)."]),
        (
            "Norby asked to join the LOH in 2021.",
            ["Norby has asked to join the LOH, and Alby—which holds the LOH’s chair in 2021—has agreed."],
        ),
        (
            "The act on harbours and fisheries seems unlikely this year.",
            ["Passing the act on harbours and fisheries seems unlikely this year."],
        ),
        (
            "Norby joined the league of harbours in 2015.",
            ["Norby has asked to be heard, and, in 2019, formally joined the league of harbours (LOH; est. 2015)."],
        ),
    ],
)
def test_what_is_put_together_from_the_passage_is_not_shown(verifier: Verifier, statement: str, passage: list[str]) -> None:
    assert kinds(verifier, statement, *passage) - {"support"}


def test_a_sentence_too_long_to_be_read_whole_is_not_shown(verifier: Verifier) -> None:
    passage = "The council decided " + "that the market should be paved with grey stone from the quarry, " * 6 + "in May."
    longer = passage.removesuffix(", in May.") + " while the bishop was hanged."
    assert "support" in kinds(verifier, longer, passage)
