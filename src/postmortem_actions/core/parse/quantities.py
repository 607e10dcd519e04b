"""Durations, counts, percentages and money as people write them."""

from __future__ import annotations

import re
from dataclasses import dataclass

_WORDS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40,
    "forty-five": 45, "sixty": 60, "ninety": 90, "half": 0.5, "half an": 0.5, "half a": 0.5,
}  # fmt: skip
# It begins where its digits begin: trying each digit of a long number anew would cost its square, and would
# read the end of a number as one.
_NUMBER = r"(?<!\d)(?<!\d[.:])(?:\d{1,3}(?:[,\u202f\u00a0']\d{3}){1,8}(?:\.\d+)?|\d+(?:\.\d+)?)"
_NUMBER_WORD = "|".join(sorted(map(re.escape, _WORDS), key=len, reverse=True))
# Minutes in a unit. Months and years are mean lengths, good enough to rank by.
_UNITS = (
    (r"y(?:ea)?rs?|jahren?|jahr|ans?|años?|anos?|anni", 525_600.0),
    (r"months?|monaten?|monat|mois|meses|mês|mesi", 43_800.0),
    (r"w(?:ee)?ks?|wochen?|semaines?|semanas?|settimane", 10_080.0),
    (r"d(?:ays?)?|tagen?|tag|jours?|d[ií]as?|giorni|日間?|天", 1_440.0),
    (r"h(?:(?:ou)?rs?|ours?)?|stunden?|std|heures?|horas?|or[ae]|時間|小时", 60.0),
    (r"m(?:in(?:ute)?s?)?|minuten|minutos?|minuti|分(?:間|钟)?", 1.0),
    (r"s(?:ec(?:ond)?s?)?|sekunden?|secondes?|segundos?|secondi|秒", 1 / 60),
)
_UNIT = "|".join(f"(?P<u{n}>{words})" for n, (words, _) in enumerate(_UNITS))
_PART = re.compile(
    rf"(?P<n>{_NUMBER}|\b(?:{_NUMBER_WORD})\b)(?:\s?[-–]\s?|\s)?(?:{_UNIT})(?![a-zà-ÿ])", re.IGNORECASE
)
_JOIN = re.compile(r"^(?:\s*,?\s*(?:and|und|et|y|e)?\s*)$", re.IGNORECASE)
_RANGE = re.compile(rf"({_NUMBER})\s?(?:-|–|to)\s?(?={_NUMBER}\s?(?:m|h|d|s|w))", re.IGNORECASE)
_QUALIFIER = re.compile(
    r"(?:\b(?P<word>about|approximately|approx\.?|around|roughly|nearly|almost|over|more than|at least|up to|at most|less than|under|"
    r"estimated|an estimated|potentially|potential|actual|some|circa|ca\.|rund|etwa|environ|unos|cerca de)|(?P<sign>[~≈<>]))\s*$",
    re.IGNORECASE,
)
_SUFFIX = {
    "k": 1e3,
    "thousand": 1e3,
    "m": 1e6,
    "million": 1e6,
    "mio": 1e6,
    "b": 1e9,
    "bn": 1e9,
    "billion": 1e9,
}
_COUNTED = (
    r"users?|customers?|clients?|accounts?|people|students?|subscribers?|merchants?|members?|visitors?|players?|tenants?|"
    r"organi[sz]ations?|companies|sellers|drivers|patients|readers|developers?|maintainers?|passengers|residents|households|"
    r"guests|employees|colleagues|renters|riders|borrowers|parents|volunteers|landlords|donors|voters|applicants|physicians|nurses|teachers|"
    r"researchers|scientists|sponsors|publishers|authors|creators|streamers|advertisers|agents|couriers|operators|shoppers|travell?ers|callers|viewers|listeners|citizens|taxpayers|learners|pupils|staff"
)
# What other languages count; they write thousands with a point or a space ("8.400 Kunden").
_COUNTED_ELSEWHERE = (
    r"nutzer\w*|kund(?:en|innen)\w*|anwender\w*|benutzer\w*|konten|händler\w*|mitarbeite\w*|utilisat\w+|clients|comptes|abonnés|"
    r"usuari\w+|clientes|cuentas|contas|utenti|clienti"
)
_COUNTED_IN_THE_EAST = (
    r"(?P<east>\d{1,3}(?:[,，]\d{3}){0,4}|\d+)\s?(?P<unit>万|千)?\s?"
    r"(?:人|名|件の?(?:顧客|ユーザー?)|位?(?:のユーザー?|の顧客|个?用户|个?客户|ユーザー))"
)
_EVENTS = (
    r"requests?|orders?|payments?|transactions?|checkouts?|sessions?|messages?|emails?|jobs?|calls?|"
    r"logins?|sign-?ups?|traffic|bookings?|invoices?|charges?|queries|notifications?|quotes?|page views|views|visits|mails?|e-mails?|"
    r"log lines|lines|prints?|documents?|exports?|attempts?|tickets sold|deliveries|parcels|shipments?|reservations?|trips|rides"
)
_THINGS = (
    r"(?:api )?(?:keys|tokens)|credentials|records|rows|files|vms?|virtual machines|servers?|hosts|nodes?|instances|pods|volumes|"
    r"sites|regions|clusters|builds?|deployments?|releases|packages|repositories|failures|errors|connections|"
    r"objects|episodes|photos|pictures|articles|posts|entries|items|tickets|tracks|appointments|reminders|letters|carts|cabinets|kiosks|"
    r"cameras|meters|phones|units|seats|rooms|flights|trains|routes|mailboxes|wallets|cards|codes|passwords|certificates|licen[cs]es|"
    r"addresses|endpoints|tables|topics|queues|disks|drives|laptops|workstations|routers|switches|tenancies|workspaces|"
    r"applications|apps|services|projects|teams|(?:test )?runs|launches|searches|devices|machines|vehicles|stores|shops|branches|"
    r"databases|domains|namespaces|workloads|pipelines|uploads|downloads|pages|images|sensors|terminals|printers|tills"
)
# "On 6 May 312 merchants …" counts no six of them.
_NO_MONTH = r"(?!(?:jan|feb|mar|apr|may|june?|july?|aug|sep|oct|nov|dec)(?:uary|ruary|ch|il|ust|tember|ober|ember|t)?\b)"
# "7 days in our clusters" counts no clusters.
_NO_LENGTH = r"(?!(?:days?|hours?|minutes?|seconds?|weeks?|months?|years?|times|in|on|at|per|of|for)\b)"
_THING_COUNT = re.compile(
    rf"(?P<n>{_NUMBER})\s?(?P<s>[kKmMbB](?![a-z])|thousand|million|billion)?\+?\s+(?:{_NO_LENGTH}\w[\w-]*\s+){{0,3}}?(?:{_EVENTS}|{_THINGS})\b"
    rf"|(?:{_NUMBER})\s?(?:%|percent)\s+of\s+(?:\w[\w-]*\s+){{0,4}}?(?:{_THINGS})\b",
    re.IGNORECASE,
)
_COUNT = re.compile(
    rf"(?P<n>{_NUMBER})\s?(?P<s>[kKmMbB](?![a-z])|thousand|million|billion)?\+?\s+{_NO_MONTH}(?!(?:an?|the)\s)(?:[^\W\d][\w-]*\s+){{0,3}}?(?P<what>{_COUNTED})\b",
    re.IGNORECASE,
)
_COUNT_ELSEWHERE = re.compile(
    rf"(?<![\d.,])(?P<n>\d{{1,3}}(?:[. \u202f\u00a0]\d{{3}}){{1,4}}|\d+)\s+(?:\w[\w-]*\s+){{0,2}}?(?:{_COUNTED_ELSEWHERE})\b", re.IGNORECASE
)
_COUNT_IN_THE_EAST = re.compile(_COUNTED_IN_THE_EAST)
_ANY_COUNT = re.compile(
    rf"(?<![\w./:-]){_NUMBER}(?:\s?(?:[kK]|thousand|million))?\s+{_NO_MONTH}(?:[a-z][\w-]*\s+){{0,3}}?(?P<what>[a-z][a-z-]+s)\b"
)
_MEASURE = re.compile(
    r"(?:milli)?seconds|sec\w*|min\w*|hours|hrs|days|weeks|months|years|times|bytes|bits|percent\w*|points|cores|cpus|dollars|euros|pounds|metres|meters"
)
_PERCENT = re.compile(
    rf"(?P<n>{_NUMBER})\s?(?:%|percent)(?:\s+of\s+(?:\w[\w-]*\s+){{0,4}}?(?P<what>{_COUNTED}|{_EVENTS}))?",
    re.IGNORECASE,
)
_ALL = re.compile(
    rf"(?<!in )\b(?P<all>all|every|most|no)\s+(?:of (?:our|the)\s+)?(?:\w+\s+){{0,2}}?(?:{_COUNTED})\b", re.IGNORECASE
)
_MONEY = re.compile(
    rf"[-−]?(?:(?:US|CA|AU)?[$€£¥]|(?:USD|EUR|GBP)\s?)\s?(?:{_NUMBER})\s?(?:[kKmMbB](?![a-z])|bn|thousand|million|billion)?|(?:{_NUMBER})\s?(?:k|million|thousand)?\s?(?:USD|EUR|GBP|euros?|dollars|pounds)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a text with its value: ``start`` and ``end`` are character offsets."""

    value: float
    start: int
    end: int
    qualifier: str | None = None


def number(text: str, suffix: str | None = None) -> float:
    """The value of a written number: "1,204", "2.5" with "k", "two"."""
    low = text.strip().lower()
    value = _WORDS[low] if low in _WORDS else float(re.sub(r"[,\u202f\u00a0']", "", low))
    return value * _SUFFIX.get((suffix or "").strip().lower(), 1)


def qualifier_before(text: str, at: int) -> str | None:
    """The word or sign just before a value that must survive: "about", "~", "up to", "potential" …"""
    match = _QUALIFIER.search(text[max(0, at - 24) : at])
    return (match["word"] or match["sign"]) if match else None


def duration(text: str) -> Span | None:
    """The first duration of a text, in minutes; parts that follow each other add up ("1h 39m"); of a range
    ("5-30 seconds") the upper end."""
    if len(text) > 5000:
        text = text[:5000]
    total, begin, end = 0.0, -1, -1
    for match in _PART.finditer(text):
        unit = next(n for n in range(len(_UNITS)) if match[f"u{n}"])
        written = match[f"u{unit}"]
        if end >= 0 and not _JOIN.match(text[end : match.start()]):
            break
        if (unit == 5 and written == "M") or (unit == 3 and written == "D"):
            continue
        total += number(match["n"]) * _UNITS[unit][1]
        begin = match.start() if begin < 0 else begin
        end = match.end()
    if begin < 0:
        return None
    before = _RANGE.search(text[max(0, begin - 12) : end])
    if before and max(0, begin - 12) + before.start() < begin:
        begin = max(0, begin - 12) + before.start()
    return Span(total, begin, end, qualifier_before(text, begin))


def user_count(text: str) -> Span | None:
    """How many users, customers or accounts a text counts."""
    if match := _COUNT_ELSEWHERE.search(text):
        value = float(re.sub(r"\D", "", match["n"]))
    elif match := _COUNT.search(text):
        value = number(match["n"], match["s"])
    elif match := _COUNT_IN_THE_EAST.search(text):
        value = float(re.sub(r"\D", "", match["east"])) * {"万": 1e4, "千": 1e3}.get(match["unit"] or "", 1)
    else:
        return None
    return Span(value, match.start(), match.end(), qualifier_before(text, match.start()))


def counts_things(text: str) -> bool:
    """Whether a text counts requests, jobs, machines or the like, or tells which share of them."""
    return bool(_THING_COUNT.search(text))


def counts_anything(text: str) -> bool:
    """Whether a text counts things of any kind, but for lengths of time and sizes."""
    return any(not _MEASURE.match(match["what"]) for match in _ANY_COUNT.finditer(text))


def user_percent(text: str) -> Span | None:
    """Which share of users or requests a text tells, 0 to 100; "all users" is 100."""
    for match in _PERCENT.finditer(text):
        value = number(match["n"])
        if match["what"] and value <= 100:
            return Span(value, match.start(), match.end(), qualifier_before(text, match.start()))
    everyone = _ALL.search(text)
    if everyone and everyone["all"].lower() in ("all", "every"):
        return Span(100.0, everyone.start(), everyone.end())
    return None


def money(text: str) -> Span | None:
    """The first sum of money of a text; the value is not needed, only where it stands."""
    match = _MONEY.search(text)
    return Span(0.0, match.start(), match.end(), qualifier_before(text, match.start())) if match else None
