"""Words by what they do to a sentence. All folded; one place for every rule that looks at a word."""

from __future__ import annotations

import re


def words(text: str) -> frozenset[str]:
    """The words of `text`, as a set."""
    return frozenset(text.split())


def listed(text: str) -> tuple[str, ...]:
    """The words of `text`, in order."""
    return tuple(text.split())


NEGATIONS = words(
    "not no never nor neither none nobody nothing nowhere without cannot cant dont doesnt didnt isnt arent wasnt werent "
    "wont wouldnt shouldnt couldnt hasnt havent hadnt mustnt neednt aint hardly scarcely barely rarely seldom nt lack lacks "
    "lacked lacking fail fails failed refuse refuses refused deny denies denied denying unable impossible false untrue"
)
# Of these the plain ones turn a sentence round; "fail", "lack" and their kin do so only as its verb.
STRICT_NEGATIONS = words(
    "not no never nor neither none nobody nothing nowhere without cannot hardly scarcely barely rarely seldom nt unable "
    "impossible false untrue"
)
HEDGES = words(
    "reportedly allegedly apparently supposedly purportedly ostensibly seemingly presumably arguably perhaps maybe possibly "
    "probably likely unlikely potentially conceivably rumored rumoured alleged reported purported supposed unconfirmed may "
    "might could would should can must will shall ought seem seems seemed appear appears appeared suggest suggests "
    "suggested about around approximately roughly nearly almost virtually some few several many most mostly largely partly "
    "partially often sometimes occasionally generally usually typically somewhat rather quasi nominally tentatively up "
    "least only merely just estimated expected believed thought considered said claims claimed"
)
MODALS = words("may might could would should can must will shall ought cannot")
# Adverbs and verbs that make a statement less than a statement; the ones that must not be hidden or cut off.
STRICT_HEDGES = words(
    "reportedly allegedly apparently supposedly purportedly ostensibly seemingly presumably arguably perhaps maybe possibly "
    "probably likely unlikely potentially conceivably rumored rumoured alleged purported supposed unconfirmed may might "
    "could would should seem seems seemed appear appears appeared suggest suggests suggested nearly almost roughly "
    "approximately partly partially hardly nominally tentatively"
)
CONDITIONS = words("if unless provided providing whether until lest assuming except")
REPORTING = words(
    "say says said saying tell tells told state states stated stating argue argues argued arguing claim claims claimed "
    "claiming assert asserts asserted asserting declare declares declared declaring announce announces announced announcing "
    "maintain maintains maintained insist insists insisted insisting note notes noted noting add adds added adding warn "
    "warns warned warning suggest suggests suggested suggesting contend contends contended believe believes believed "
    "believing think thinks thought explain explains explained write writes wrote writing report reports reported reporting "
    "allege alleges alleged alleging predict predicts predicted observe observes observed remark remarks remarked deny "
    "denies denied denying acknowledge acknowledges acknowledged admit admits admitted concede concedes conceded conclude "
    "concludes concluded conclude hope hopes hoped fear fears feared propose proposes proposed tweet tweets tweeted confirm "
    "confirms confirmed testify testifies testified reply replies replied answer answers answered ask asks asked quote "
    "quotes quoted hint hints hinted emphasize emphasizes emphasized emphasise emphasised stress stresses stressed "
    "reiterate reiterates reiterated affirm affirms affirmed pledge pledges pledged vow vows vowed promise promises "
    "promised urge urges urged recall recalls recalled estimate estimates estimated expect expects expected estimate finds "
    "found find posit posits posited speculate speculates speculated"
)

PREFIX_NEGATIONS = words(
    "non un anti ex pre post quasi semi pseudo counter de dis mis in im near would-be half so-called never"
)
SUFFIX_NEGATIONS = words("free less proof like")

UNITS = words(
    "percent per cent percentage point points mile miles kilometer kilometers kilometre kilometres km meter meters metre "
    "metres foot feet inch inches yard yards ton tons tonne tonnes kilogram kilograms kg pound pounds dollar dollars euro "
    "euros yen yuan hour hours day days week weeks month months year years decade decades century centuries minute minutes "
    "second seconds degree degrees celsius fahrenheit knot knots acre acres hectare hectares gallon gallons liter liters "
    "litre litres hundred thousand million billion trillion dozen hundreds thousands millions billions trillions dozens mw "
    "gw kw megawatts"
)
NUMBER_WORDS = words(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety half third quarter quarters thirds fourth "
    "fifth sixth seventh eighth ninth tenth first second twice thrice double triple once"
)
DATES = words(
    "january february march april may june july august september october november december jan feb mar apr jun jul aug sep "
    "sept oct nov dec monday tuesday wednesday thursday friday saturday sunday"
)

# Words that a small first letter makes another word: a printer does not lower these, a forger may.
CAPITONYMS = words("may march august polish china turkey job us it who nice reading mobile lent mass said jordan chad")

PRONOUNS = words(
    "he she it they him her them his hers its their theirs who whom this that these those we us our ours i me my mine you your"
)

STOP = words(
    "a an the of and or for to in on at by with from as into its their his her that this these those is are was were be "
    "been being has have had do does did it they he she we you i not no but if so than then there which who whom whose what "
    "when where while will would can could may might should must also such more most other some any all both each between "
    "among over under about after before during through up down out off only own same very just s t"
)

_IRREGULAR = {
    form: lemma
    for lemma, forms in {
        "be": "is are was were be been being am",
        "have": "has have had having",
        "do": "does do did done doing",
        "go": "goes go went gone going",
        "make": "makes make made making",
        "take": "takes take took taken taking",
        "say": "says say said saying",
        "see": "sees see saw seen seeing",
        "give": "gives give gave given giving",
        "come": "comes come came coming",
        "become": "becomes become became becoming",
        "know": "knows know knew known",
        "think": "thinks think thought thinking",
        "find": "finds find found finding",
        "tell": "tells tell told telling",
        "get": "gets get got gotten getting",
        "keep": "keeps keep kept keeping",
        "hold": "holds hold held holding",
        "write": "writes write wrote written writing",
        "stand": "stands stand stood standing",
        "lead": "leads lead led leading",
        "begin": "begins begin began begun beginning",
        "grow": "grows grow grew grown growing",
        "win": "wins win won winning",
        "rise": "rises rise rose risen rising",
        "fall": "falls fall fell fallen falling",
        "send": "sends send sent sending",
        "build": "builds build built building",
        "meet": "meets meet met meeting",
        "leave": "leaves leave left leaving",
        "bring": "brings bring brought bringing",
        "buy": "buys buy bought buying",
        "sell": "sells sell sold selling",
        "speak": "speaks speak spoke spoken speaking",
        "choose": "chooses choose chose chosen",
        "feel": "feels feel felt feeling",
        "lose": "loses lose lost losing",
        "pay": "pays pay paid paying",
        "run": "runs run ran running",
        "show": "shows show showed shown",
        "seek": "seeks seek sought seeking",
        "draw": "draws draw drew drawn drawing",
        "drive": "drives drive drove driven",
        "break": "breaks break broke broken",
        "wage": "wages wage waged",
        "sit": "sits sit sat",
        "spend": "spends spend spent",
    }.items()
    for form in forms.split()
}


def lemma(word: str) -> str:
    """A rough stem by which forms of one verb or noun meet: argues, argued, arguing → argu."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    for ending in ("ies", "ied", "ing", "ed", "es", "s", "e", "y"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            stem = word[: -len(ending)]
            if ending in ("ing", "ed") and len(stem) > 3 and stem[-1] == stem[-2] and stem[-1] not in "sl":
                stem = stem[:-1]
            return stem
    return word


def has_figure(word: str) -> bool:
    """Whether a word holds a digit or is a number, a unit or a date in words."""
    return bool(re.search(r"\d", word)) or word in UNITS or word in NUMBER_WORDS or word in DATES - {"may", "march"}


# "Was reported to have": somebody unnamed says so.
HEARSAY = re.compile(
    r"\b(?:is|was|are|were|been)\s+(?:\w+ly\s+)?(?:reported|said|believed|thought|alleged|rumou?red|expected|estimated|claimed|"
    r"understood|supposed|considered|presumed|assumed)\s+(?:to|that)\b"
)

# Chinese denies before the verb, Japanese at its end; both are cut off without a space to show it.
CJK_NEGATION_BEFORE = re.compile("[^。、，；！？\\s]{0,6}(?:不|没有?|沒有?|未|勿|并非|並非|没能|不能|不会|不會)$")
CJK_NEGATION_AFTER = re.compile(
    "(?:い|し|て|で|は|が|と|も|こと|わけ|き|り|み|び|ち|え|れ|べ|け|せ|め){0,4}(?:ない|なかった|なく|ません|ず|ぬ|まい)[^。、]{0,6}"
)
CJK_NEGATION = re.compile("[不没沒未勿]|并非|並非|ない|なかった|なく|ません|ずに")
CJK_HEDGE = re.compile(
    "可能|也许|或许|也許|或許|据说|據說|据报|據報|恐怕|大概|如果|假如|除非|かもしれ|らしい|そうだ|おそらく|たぶん|もし|だろう|でしょう|という|とされ|ならば"
)
