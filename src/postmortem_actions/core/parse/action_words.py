"""By which words people commit themselves to something, and where one thing to do ends and the next begins."""

from __future__ import annotations

import re

# With which word a thing to do begins, in the form in which one asks for it.
_VERBS = (
    "accept acknowledge add adjust adopt agree alert align allow always analyse analyze annotate apply archive ask assess assign "
    "attach audit authenticate automate avoid back backport backup balance block boost bring build bump buy cache calculate "
    "calibrate call cap capture catch centralise centralize change check choose clarify clean clear close collect combine commit "
    "communicate compare complete compress configure confirm connect consider consolidate contact continue convert coordinate copy "
    "correct correlate count cover create cross-train cut decide declare decommission decouple dedicate deduplicate define delay "
    "delete deliver demote deny deploy deprecate design detach detect determine develop disable disallow discontinue discuss display "
    "document don't double downgrade draft drain drill drive drop duplicate educate email emit enable encrypt enforce engage ensure "
    "enrich equip escalate establish estimate evaluate exclude execute exercise expand expire explain explore export expose extend "
    "extract fail fetch figure file fill filter finalise finalize find finish fix flag follow forbid force formalise formalize "
    "freeze gate generate get give grant group guard handle harden have help hide hire hold host identify ignore impose implement "
    "import improve include increase inform inject inspect install instrument integrate introduce inventory invest investigate "
    "invite isolate issue join keep label launch learn leave let lift limit link list load lock log look lower maintain make map "
    "mark mask match measure merge migrate mirror mock modify monitor move mute name negotiate never notify observe offer onboard "
    "open optimise optimize order organise organize page parse partition pass patch perform pin pick place plan port post practice "
    "practise prepare present prevent print prioritise prioritize probe process produce profile promote prompt propose protect "
    "prove provide provision prune publish pull purge push put quarantine query raise randomise randomize re-enable re-evaluate "
    "re-run reach read rebalance rebuild recheck reconcile reconsider record recover recreate redact redesign redirect reduce "
    "refactor refine refresh refuse register rehearse reimplement reject release relocate remind remove rename renew reorganise "
    "reorganize repair repeat replace replay replicate report reproduce request require rerun research reserve reset resize "
    "resolve respond restart restore restrict restructure retain retest rethink retire retry return reuse revert review revise "
    "revisit revoke rewrite rework roll rotate route run sanitise sanitize save scale scan schedule script search secure select "
    "send separate serve set setup share shard shift ship shorten show shrink shut sign silence simplify simulate skip slow "
    "soft-delete solve spawn specify speed split spread stage stagger standardise standardize start stop store streamline "
    "strengthen stress stress-test submit subscribe supply support suppress surface suspend swap switch sync synchronise "
    "synchronize tag take talk teach tell template test throttle tie tighten time trace track train transfer transition translate treat "
    "trigger trim triple try tune turn unblock understand unify unmute update upgrade upload use validate verify version visualise "
    "visualize wait walk warn watch whitelist widen wire work wrap write"
).split()
# These also begin a statement ("Time ran out", "Order processing stopped", "Support was told"): a noun as often.
_NOUNS_TOO = frozenset(
    "access alert audit backup block branch build cache call cap change check count cover cut delay design display document drain "
    "drill drive email estimate exercise export fail file filter fix flag force freeze gate group guard handle help hold host "
    "import issue label launch limit link list load lock log look map mark mask match measure mirror mock monitor move name offer "
    "order page patch pin place plan post practice probe process profile prompt query release repair repeat replay report request "
    "reserve reset rework roll route run scale scan schedule script search share shift ship show sign silence slow split spread "
    "stage start stop store stress supply support surface switch tag template test throttle time trace track train transfer "
    "trigger try turn update upgrade use version wait walk watch work".split()
)
_VERB_WORDS = frozenset(_VERBS)
_DOES = re.compile(
    r"^\S+(?: \S+)? (?:is|was|were|are|has|had|have|did|does|will|would|could|can|should|must|failed|ran|stopped|"
    r"started|took|went|came|fired|broke|"
    r"kept|got|only|also|showed|said|told|saw|became|began|never|didn't|wasn't|couldn't)\b",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"^(?:(?:please|to|also|then|and|finally|next|first|secondly|thirdly|additionally|furthermore),? |"
    r"we(?:'ll| (?:will|should|need to|must|have to|ought to|could|plan to|are going to|are planning to|want to|would like to|intend to))"
    r"(?: (?:also|now|then|therefore|thus|instead|definitely|probably))? |"
    r"(?:better|proactively|automatically|periodically|regularly|immediately|properly|always|permanently|formally|explicitly) ){0,3}",
    re.IGNORECASE,
)
_SUBJECT = (
    r"(?:(?:so|therefore|thus|also|then|finally|additionally|furthermore|as a result|from now on|in future|next|first|second|afterwards|"
    r"to (?:prevent|avoid) (?:this|it)[^,]{0,40}),? )?(?:we|the (?:\w+ )?team|i|our (?:\w+ )?team)"
)
_INTENDS = (
    r"(?:['’]ll|['’](?:re|m)(?: also)? (?:going to|planning to)|['’]d like to| (?:will|shall|must|should|(?:are|am|"
    r"is)(?: also| now)? (?:going to|planning to)|"
    r"plan to|intend to|want to|would like to|need to|needs to|have to|ought to|have decided to|has decided to|aim to|"
    r"commit to|promise to|propose to))"
)
_COMMITMENT = re.compile(
    r"^(?:actions?(?: points?| items?)?|todos?|to-dos?|follow[- ]?ups?|next steps?|ai)\s*[:–—-]\s*(?P<rest>.{6,400})$|"
    r"\b(?:going forward|in (?:the )?future|as a (?:follow[- ]?up|next step)|from now on),?\s+(?:we|the team)"
    rf"{_INTENDS}(?: (?:also|now|then))?\s+(?P<rest2>\w.{{6,300}})$|"
    rf"^{_SUBJECT}{_INTENDS}(?: (?:also|now|then|therefore|thus|instead|therefore also))? (?P<rest3>\w.{{6,400}})$|"
    r"^(?:let['’]?s|let us) (?P<rest4>\w.{6,300})$|"
    r"^(?:it (?:would|will) (?:be|help) (?:\w+ )?to|we (?:recommend|suggest) (?:to )?) ?(?P<rest5>\w.{6,300})$",
    re.IGNORECASE,
)
# "We want the probe to start as a user": a thing to do for somebody or something else.
_WANTS = re.compile(
    r"^(?:we|i)(?:['’]d| would| also)? (?:want|like|need|(?:have )?asked for) (?P<what>(?!to )\w.{1,60}?) to (?P<deed>[a-z-]+\b.{3,300})$",
    re.IGNORECASE,
)
# "For such moves we should compare …": when, before what is to be done.
_WHEN = re.compile(
    r"^(?P<when>(?:for|in|on|at|before|after|with|when|whenever|during|while) [^,.;:]{3,60}?),? "
    r"(?P<rest>(?:we|the team|the \w+ team)\b.*)$",
    re.IGNORECASE,
)
# "Runbooks should be kept next to the code": what should be done, by whom is not said.
_OUGHT = re.compile(
    r"^(?P<what>(?:the |our |all |every |each |any |these |those )?(?:[\w'/-]+ ){0,7}?[\w'/-]+) (?:should|must|needs? to|have to|has to) "
    r"(?!have (?:been|\w+ed)\b|go a\b|help\b|be (?:noted|clear|able)\b)(?:(?:also|always|never|not|no longer|"
    r"instead) ){0,2}(?P<verb>[a-z-]+)\b.{3,260}$",
    re.IGNORECASE,
)
_TELLS = re.compile(r"\b(?:i|we|it|this|that|they|you|he|she|there|is|are|was|were|did|because|since|which|who)\b|n['’]t\b", re.IGNORECASE)
_WILL = re.compile(
    r"^(?P<what>(?:[\w@'/-]+ ){0,4}?[\w@'/-]+) (?:will|is going to|are going to) (?:(?:also|then|now|not|no longer|"
    r"be) ){0,2}(?P<verb>[a-z-]+)\b.{3,260}$"
)
_OUGHT_VERBS = frozenset("be come die end get go have live run see stay tolerate survive".split())
_COUNTED = re.compile(r"^\(?\d{1,2}[.)]\)?\s+")  # "(2) The alert must …"
# "…, and put policy checks into the pipeline": the next thing to do begins with a verb of its own.
_JOINT = re.compile(r"(?:;\s*|,\s+(?:and |as well as |then )?|\s+and (?:also |then )?)(?=(?P<verb>[\w'-]+) [\w'\"`(])", re.IGNORECASE)
_SAME_THING = re.compile(r"[\w'-]+ (?:it|them|this|that|these|those)\b", re.IGNORECASE)  # "… and run them in CI"
_FEWEST_WORDS = 3  # of a part that stands for itself
_EAST = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
_FEWEST_EASTERN = 4  # characters


def begins_as_action(text: str) -> bool:
    """Whether a text begins like something to do: with a verb, perhaps after "we should" or "also"."""
    lead = _LEAD.match(text)
    rest = text[lead.end() :] if lead else text
    word = re.match(r"[\w'’-]+", rest)
    if word is None:
        return False
    first = word[0].lower().replace("’", "'")
    if first not in _VERB_WORDS and not (first.startswith("re-") and first[3:] in _VERB_WORDS):
        return False
    return first not in _NOUNS_TOO or not _DOES.match(rest)


def is_short(text: str) -> bool:
    """Whether a text is too short to be an action; what is written without spaces is counted by characters."""
    eastern = len(_EAST.findall(text))
    return eastern < _FEWEST_EASTERN if eastern else len(text.split()) < 2


def committed(text: str) -> str | None:
    """What a sentence commits its writers to: "we will …", "going forward we'll …", "TODO: …"; None where nothing."""
    text = _COUNTED.sub("", text)
    if wanted := _WANTS.match(text):
        return f"have {wanted['what']} {wanted['deed']}".rstrip(" .")
    match = _COMMITMENT.search(text)
    if match is not None:
        return next(value for value in match.groupdict().values() if value).rstrip(" .")
    when = _WHEN.match(text)
    if when is None or (later := _COMMITMENT.search(when["rest"])) is None:
        return None
    deed = next(value for value in later.groupdict().values() if value).rstrip(" .")
    return f"{deed} {when['when'][:1].lower()}{when['when'][1:]}"


def ought(text: str) -> str | None:
    """The sentence itself where it says what should be ("alerts must go to the pager"), else None."""
    text = _COUNTED.sub("", text)
    match = None if text.endswith("?") else _OUGHT.match(text)
    if match is None or _TELLS.search(match["what"]):
        return None
    verb = match["verb"].lower()
    return text.rstrip(" .") if verb in _OUGHT_VERBS or verb in _VERB_WORDS else None


def promised(text: str) -> bool:
    """Whether a sentence says of somebody or something that it will do a thing ("Ann will enable auto-unseal"). Only where
    actions are listed: elsewhere it may as well tell the future."""
    match = _WILL.match(text)
    return match is not None and not _TELLS.search(match["what"]) and match["verb"].lower() in _VERB_WORDS | _OUGHT_VERBS


def parts(text: str) -> list[str]:
    """The single things of a text that asks for several: at semicolons, and at commas and "and" before a new verb."""
    if ";" in text:
        pieces = [piece.strip(" .,") for piece in text.split(";")]
        if all(not is_short(piece) for piece in pieces):
            return [part for piece in pieces for part in _split(piece)]
        if sum(not is_short(piece) for piece in pieces) > 1:
            return [piece for piece in pieces if piece]
    return _split(text)


def _split(text: str) -> list[str]:
    found: list[str] = []
    begin = 0
    for match in _JOINT.finditer(text):
        comma = "," in match[0] or ";" in match[0]
        before, after = text[begin : match.start()], text[match.end() :]
        strong = match["verb"].lower() in _VERB_WORDS and (comma or match["verb"].lower() not in _NOUNS_TOO)
        if not strong or not begins_as_action(before or text) or not begins_as_action(after):
            continue
        if _SAME_THING.match(after):
            continue
        if len(before.split()) < _FEWEST_WORDS or len(after.split()) < _FEWEST_WORDS or before.count("(") != before.count(")"):
            continue
        found.append(before.strip(" ,"))
        begin = match.end()
    return [*found, text[begin:].strip(" ,")]
