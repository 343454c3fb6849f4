"""Verbs by which a text gives words to somebody."""

from __future__ import annotations

from rag.quotes import lexicon

SPEECH = lexicon.words(
    "call calls called calling describe describes described describing characterize characterizes characterized "
    "characterizing characterise characterises characterised identify identifies identified identifying define defines "
    "defined defining label labels labeled labelled labelling dub dubs dubbed deem deems deemed term terms termed express "
    "expresses expressed expressing voice voices voiced advocate advocates advocated advocating demand demands demanded "
    "criticize criticizes criticized criticizing criticise criticised praise praises praised praising refer refers referred "
    "referring portray portrays portrayed brand brands branded denounce denounces denounced condemn condemns condemned hail "
    "hails hailed joke jokes joked quip quips quipped underscore underscores underscored underscoring repeat repeats "
    "repeated repeating speak speaks spoke exclaim exclaimed cry cried shout shouted whisper "
    "whispered mutter muttered put puts complain complains complained lament laments lamented boast boasts boasted comment "
    "comments commented recount recounts recounted summarize summarizes summarized cite cites "
    "cited invoke invokes invoked decry decries decried advise advises advised highlight highlights highlighted proclaim "
    "proclaims proclaimed proclaiming opine opines opined retort retorts retorted countered interjected "
    "caution cautions cautioned cautioning confide confides confided "
    "confess confesses confessed muse muses mused elaborate elaborated clarify clarifies clarified remind reminds reminded assure "
    "assures assured apologized apologised posted texted dismiss dismisses dismissed dismissing ridicule ridicules ridiculed mock "
    "mocks mocked liken likens likened chide chides chided slam slams slammed blast blasts blasted tout touts touted decree decrees "
    "decreed reasoned warning styled styles thundered "
) | lexicon.REPORTING - lexicon.words(
    "maintain maintains maintained find finds found posit expect expects expected estimate estimates estimated"
)
# Verbs that say something only with a "that" behind them.
WITH_THAT = lexicon.words(
    "find finds found hold holds held maintain maintains maintained rule rules ruled estimate estimates estimated "
    "expect expects expected decide decides decided agree agrees agreed require requires required "
    "respond responds responded stipulate stipulates stipulated specify specifies specified reveal reveals revealed indicate "
    "indicates indicated recommend recommends recommended continued continues began opened closed"
)
