"""The words that tell of an incident's phases: how it began, was noticed, was held and ended."""

from __future__ import annotations

import re
from datetime import timedelta

TOLD = {
    "summary",
    "narrative",
    "impact",
    "background",
    "fault",
    "detection",
    "root_cause",
    "resolution",
    "response",
    "timeline",
    "trigger",
    "impact.users",
}
RANGE = re.compile(
    r"\b(?:between|from)\b\s+(?:approximately |roughly |about |around )?(?P<first>[^.;]{3,60}?)\s+"
    r"(?:and|to|until|till|through)\s+(?:approximately |roughly |about |around )?(?P<last>[^.;]{3,60})",
    re.IGNORECASE,
)
SINCE = re.compile(r"\b(?:from|since) (?P<first>[^.;,]{3,30}?) on(?:wards?)?\b", re.IGNORECASE)
# "From 16:40 the bot was effectively offline": where a sentence begins so
FROM = re.compile(r"^\W*(?:starting )?(?:from|since) (?P<first>[^.;,]{3,30})", re.IGNORECASE)
STARTED = re.compile(
    r"\b(?:began|begins?|started(?! again)|starts|starting (?:at|around|on)|onset|went down|goes down|broke|stopped working|"
    r"(?:was|were|we) (?:deployed|merged|pushed|introduced|released|turned on|switched on|enabled|activated|rolled out)|"
    r"experienced|became unavailable|deleted|wiped|purged|overwrote|first (?:error|failure|fail)\w*|outage begins|"
    r"expired|failed|were deployed|crashed)\b",
    re.IGNORECASE,
)
DETECTED = re.compile(
    r"\b(?:notic\w+|detect\w+|alert(?!manager)\w*(?! (?:\w+ ){0,2}(?:silenced|muted|disabled|suppressed|snoozed|cleared|"
    r"resolv\w+|recover\w*))|"
    r"alarms?|report\w*|paged|tickets? (?:from|by|came|comes|arriv\w+|in)|"
    r"(?:users?|customers?|members?|people|players?|students?|mods?|moderators|staff|volunteers?|colleagues?) "
    r"(?:say|says|said|write|writes|ask|asks|call|calls|ring|mail|ping|pings|see|tell|tells)|"
    r"warning|complain\w*|discover\w*|learn\w* (?:of|about)|became aware|"
    r"(?:wrote|writes) (?:to|in|us)|(?:mailed|mails) (?:us|in|support)|posts? (?:in|on|about)|posted (?:in|on|to|about|a)|went off|"
    r"first (?:posts?|messages?|questions?|tweets?|complaints?|tickets?|calls?|mails?|e-mails?|reviews?|customers?|users?)\b(?! (?:can|"
    r"could|are able))|"
    r"sees|spot(?:s|ted)|phones|rings|calls (?:us|in|support|the)|"
    r"wonders|asks (?:in|on|whether|why|if|us)|mentions|"
    r"(?:opens?|opened|declares?|declared|raises?|raised) an incident|"
    r"incident (?:is |was )?(?:opened|declared|raised)|"
    r"inform\w* (?:the |our )?[#\w-]* ?(?:channel|team|on-?call|security)|received (?:an? )?(?:\w+ )?(?:e-?mail|notification|alert)|"
    r"(?:service ?desk|support|help ?desk|contact cent(?:re|er)|customer care) (?:calls|called|rings|rang|asks|asked|writes|wrote)|"
    r"user question|(?:problem|incident) (?:is |was )?identified|raised an? (?:\w+ )?issue|issue (?:was |is )?(?:opened|filed|raised|"
    r"created)|"
    r"notif(?:y|ied|ies|ying)\b|pinged|ping|realis\w+|realiz\w+|flagged|observ\w+|see errors?|tweets?|"
    r"(?<!status )(?<!web )(?<!home )(?<!the )page(?=:| (?:came|fires?|fired|went|goes|received|sent|to|for|from)\b)|pager)\b"
    r"(?! (?:reports? )?(?:stop|ceas|subsid|end)\w*)",
    re.IGNORECASE,
)
# In prose: how people came to know of it, said more loosely than in a timeline.
FOUND_OUT = re.compile(
    r"\b(?:found out|heard (?:of|about|from)|came to (?:our|the \w+'s) attention|(?:we|team|on-call) (?:already )?knew|"
    r"told (?:us|by|the|of)|tipped off|"
    r"(?:customers?|users?|clients?|merchants?|someone|somebody|maintainers?|partners?) "
    r"(?:\w+ )?(?:called|rang|phoned|wrote|told|posted|asked)|"
    r"rang|phoned|called(?: (?:us|in|the|our)|,)|first (?:call|ticket|complaint|mail)s?|spotted|"
    r"picked (?:it )?up|caught (?:it|by))\b",
    re.IGNORECASE,
)
MITIGATED = re.compile(
    r"\b(?:workaround|mitigat\w+|rolled back|roll(?:ing|ed)? back|reverted|revert|disabled|scal(?:ed|ing) (?:up|down|to (?:zero|0))|"
    r"switched off|turned off|cordoned|failed over|(?:puts?|gives?|gave|moved?|switched) [^.;]{0,40}\bback\b|"
    r"restarted|hotfix|(?<!to )block all|blocked|rolled over|submit\w* (?:a|the) fix|"
    r"traffic (?:\w+ )?(?:shifted|moved|rerouted|drained)|rate limit\w* (?:applied|enabled|in place)|"
    r"backed out|rolled forward|patched|"
    r"(?:increased|raised|bumped|added|freed|cleared|expanded|doubled) (?:the |more |some |up )?(?:\w+ )?"
    r"(?:limits?|capacity|memory|disk|space|nodes?|workers?|replicas?|timeouts?|pool|quota|swap|volume|queue|cache)|"
    r"promoted|renewed|reissued|re-enabled|(?:stopped|paused|halted) the \w+|"
    r"(?:taken|took) (?:\w+ ){0,3}(?:offline|down\b|out of \w+)|(?:account|user|client|ip|address)\w* (?:\w+ )?(?:frozen|locked|"
    r"suspended|banned)|"
    r"(?:limits?|capacity|memory|disk|space|replicas?|timeouts?|pool|quota|ttl) (?:(?:was|were|is|got) )?(?:raised|increased|extended|"
    r"lifted|doubled|freed)|"
    r"(?:services?|hosts?|workers?|jobs?|everything) (?:\w+ )?started again|"
    r"revoked|removed|came back|come back|back online|unblocked|applied (?:the|a) fix|all the new)\b",
    re.IGNORECASE,
)
# The service comes back, at least in part: what "mitigated" means where a timeline tells both deed and effect.
RECOVERING = re.compile(
    r"(?<!brief )(?<!short )(?<!partial )(?<!no )(?<!not )\b(?:recover\w*|back online|online again|"
    r"(?:is|are|was|were|come|comes|came) (?:back|online)|working again|confirmed working|"
    r"(?:is|are|was|were|now|became|regained) healthy|restored|(?:running|launch\w*|successful) again|"
    r"(?:is|was|are|were) (?:\w+ )?stable|returning \w+ \w+ to working|verified [^.;]{0,40}\bworking|"
    r"(?:fixed|fixes) (?:the |this |an? )?(?:issue|problem)|unblocked|start\w* (?:leaving|responding)|"
    r"(?:all|everything|service|site|login|app|checks?) (?:is |are )?(?:back|ok|okay|(?:back to |now |again )?green again|up)|"
    r"error rates? (?:is |are |back )?(?:to )?normal)\b"
    r"|^\W*back\b|\bup(?: again)?\W*$",
    re.IGNORECASE,
)
RESOLVED = re.compile(
    r"(?<!not )(?<!n't )(?<!to be )\b(?:resolved|restored|recovered|fully operational|back to normal|normal again|"
    r"(?:is|are|was|were|returned to|at) normal|fixed|ended|"
    r"(?:incident|outage|ticket|case|notice|status page) (?:was |is )?closed|"
    r"closed (?:the |our )?(?:incident|outage|ticket|case|notice|status)|closed\W*$|"
    r"(?:queues?|backlog) (?:was|is|were|are) (?:empty|drained|cleared|worked off|gone)|caught up|worked off|"
    r"all[- ]clear|stood down|standing down|declared over|(?:incident|outage) (?:is |was )?over|recovery (?:is |was )?complete|fully back|"
    r"(?:sites?|pages?|links?|logins?|service|everything|it|all of them|search(?:es)?|builds?) works?(?: again| now|\W*$)|"
    r"(?:all|everything) (?:is |was |are |were )?(?:done|available|back)\b|all \w+(?: \w+)? (?:are |were )?available|back to usual|"
    r"(?:was|were|is|are) (?:also |now |all )?repaired|(?:throttling|outage|incident|impact|storm|flood|attack) ends|"
    r"confirmed to be (?:correct|fine|ok|working)|"
    r"no (?:further|more) errors|confirmed (?:as )?(?:fixed|resolved|working|healthy)|"
    r"end of (?:the )?(?:incident|outage)|operational|back up|deployed (?:on|to|in) production|"
    r"(?:normally|as usual|properly|correctly) again|everything (?:was|were) back|"
    r"everything is (?:now )?(?:okay|ok|fine|good|up[- ]to[- ]date)(?: again)?)\b",
    re.IGNORECASE,
)


RESTORED = re.compile(r"\b(?:restored|recovered|fixed|repaired|brought back|returned|came back|resolved)\s+$", re.IGNORECASE)
# A sentence that tells of the harm says when it began better than a timeline's first entry, which is often a
# change made long before.
HARM = re.compile(
    r"\b(?:outage|downtime|incident|disruption|degrad\w+|interruption|unavailab\w+|unreachable|inaccessible|offline|down|"
    r"slow\w*|fail\w*|errors?|crash\w*|impact\w*|affected|broken?|broke|lost|loss|expired|exposed|leak\w*|unresponsive|"
    r"timed out|interrupted|empty|(?:nobody|no one) could|could not|couldn't|unable)\b",
    re.IGNORECASE,
)
UNUSABLE = re.compile(
    r"\b(?:could not|couldn't|(?:nobody|no one) could|cannot|unable to|timed out|interrupted|"
    r"(?:was|were) (?:down|unavailable|unreachable|offline)|"
    r"outage|downtime|disruption|failed|unavailable|stood still)\b",
    re.IGNORECASE,
)
HARM_BEGAN = re.compile(
    r"\b(?:outage|downtime|incident|disruption|degradation|problems?|issues?|errors?|failures?|impact)\b[^.;]{0,30}\b(?:began|started)\b"
    r"|\bexperienced (?:an? )?(?:[\w-]+ ){0,4}(?:outage|failure|degradation|disruption|downtime)"
    r"|\bwent down\b",
    re.IGNORECASE,
)
# "Fixing the owners took until 12:20".
TOOK_UNTIL = re.compile(
    r"\b(?:took|lasted|went on|continued|dragged on|needed) (?:us )?(?:until|till|to) (?P<last>[^.;,]{3,30})",
    re.IGNORECASE,
)
UNDERSTOOD = re.compile(
    r"\b(?:underst\w+|notic\w+|realis\w+|realiz\w+|know|knew|find|found|learn\w*|detect\w*|see|saw|discover\w*|before)\b",
    re.IGNORECASE,
)
# "Shop down for 71 minutes (18:02 - 19:13 EDT)".
DASHED = re.compile(
    r"(?P<first>\b\d{1,2}[:.]\d{2}(?:\s?[ap]m)?(?:\s[A-Z]{2,4})?)\s?(?:-|–|—)\s?(?P<last>\d{1,2}[:.]\d{2}(?:\s?[ap]m)?(?:\s[A-Z]{2,4})?)\b",
    re.IGNORECASE,
)
# "Until 11:02 CET 5,300 quotes went out".
UNTIL = re.compile(r"^(?:and |but )?until (?P<last>[^.;]{3,40})", re.IGNORECASE)
# What did not happen: "it would have been rotated out on Monday".
UNREAL = re.compile(
    r"\b(?:would|could|might|should)(?: not|n['’]t)?(?: only)?(?: have|['’]ve)\b|^(?:Date|Sent|Published|Posted|Updated):",
    re.IGNORECASE,
)
NO_HELP = re.compile(
    r"\b(?:no change|(?:ca|could|does|did|wo)(?:n['’]t|nnot| not) (?:start|work|help|change|solve)\w*|still (?:fail\w*|down|broken|"
    r"the same)|"
    r"without success|to no avail|worse|no effect|without effect|in vain|(?:did|does) ?n['’o]t help|did not help|changed nothing|"
    r"no avail|failed again|again failed)\b",
    re.IGNORECASE,
)
AGAIN = re.compile(r"\b(?:again|second(?! or\b)|third|another|repeated|later|further|previous|earlier)\b", re.IGNORECASE)


# An entry that tells how the harm came up: what the incident began with, whatever was done before.
ONSET = re.compile(
    r"\b(?:start\w*|began|begins?) (?:to )?(?:fail\w*|rapidly|see\w*|error\w*|crash\w*|drop\w*|tim\w+ out|return\w* errors?|reject\w*)"
    r"|\b(?:evictions|errors|failures|timeouts|crashes|rejections|retries|drops|restarts) (?:begin|start|began|started|appear|appeared)\b"
    r"|\b(?:latenc(?:y|ies)|errors?|error rates?|5xx|failures|load|memory|cpu|queues?|lag|connections) "
    r"(?:\w+ )?(?:spikes?|spiked|climbs?|climbed|rises?|rose|jumps?|jumped|shoots? up|shot up|increases?|increased|explodes?|grows?)\b"
    r"|\b(?:traffic|throughput|success rate|orders|logins|requests|metrics) (?:\w+ )?"
    r"(?:drops?|dropped|falls?|fell|plummets?|plummeted|collapses?)\b"
    r"|\b(?:start\w*|began|begins?) (?:climbing|rising|failing|crashing|restarting|throwing|timing out|dropping|"
    r"returning|rejecting|dying)\b"
    r"|\bspikes? in (?:\w+ )?(?:errors?|latency|failures|5xx|traffic|load)\b"
    r"|\b(?:reach(?:es|ed)|hits?|exceed(?:s|ed)|runs? into) (?:the |its |our |their |a )?(?:[\w-]+ ){0,3}(?:limit|quota|maximum|cap)\b"
    r"|\b(?:quota|limit|pool|disk|volume|budget|allowance) (?:is|was|gets?|got) (?:exhausted|used up|reached|full)\b"
    r"|\b(?:replay|storm|flood|surge|attack|spam|scraping|removals?|deletions?) (?:begins?|starts?|began|started)\b"
    r"|\binitial signs?\b|\b(?:exits|aborts) (?:after|with|at once)\b"
    r"|\bfirst (?:[\w-]+ ){0,4}(?:fail\w*|errors?|timeouts?|40[34]s?|50[0-4]s?)\b"
    r"|\b(?:becomes?|became|goes|went|is|are) (?:read[- ]only|unavailable|unreachable|unresponsive|offline|blank|empty)\b"
    r"|\b(?:stops|stopped) (?:reading|answering|responding|working|accepting|processing|serving|sending)\b",
    re.IGNORECASE,
)
# What is done when all is over: it is part of no incident's end.
AFTERMATH = re.compile(
    r"\b(?:(?:customers?|users?|clients?|maintainers?|everyone|they|owners?) (?:\w+ ){0,2}(?:are |were |have been )?(?:notified|"
    r"contacted|informed)|"
    r"apolog\w+|notification (?:is |was )?sent|post-?mortem|retrospective|debrief|lessons|(?:logs?|recoveries|audit|"
    r"all \w+) (?:\w+ ){0,6}(?:are |were )?"
    r"(?:reviewed|audited)|(?:we )?work(?:ed)? out where|clean(?:ed)?[- ]?up|being deleted|status page (?:is |was )?updated|blog post|"
    r"announce\w*|"
    r"version \S+ (?:\w+ ){0,4}released|shows (?:the|that|when|where)|ticket (?:is |was )?opened)\b",
    re.IGNORECASE,
)
FINAL = re.compile(
    r"(?<!not )(?<!not yet )\b(?:(?:is|are|was|were) (?:fully )?restored|fully (?:restored|recovered|operational)|"
    r"fix (?:is |was )?deployed (?:on|to|in) production|"
    r"all systems|back to normal|verified operational)\b",
    re.IGNORECASE,
)
MISHAP = re.compile(r"\b(?:unexpectedly|ungracefully|accidentally|inadvertently|by mistake|erroneously)\b", re.IGNORECASE)
ANOTHER = re.compile(
    r"\b(?:another|a second|a new|a further)\b[^.;]{0,30}\b(?:node|host|server|outage|incident|failure|wave|attack|spike)\b",
    re.IGNORECASE,
)
SAME_INCIDENT = timedelta(days=2)
SAME_END = timedelta(hours=6)  # of one start, too
DAYS_BEFORE = timedelta(days=14)
ONE_DAY = timedelta(days=1)
TIMES = re.compile(r"\b\d{1,2}[:.]\d{2}\b|\b\d{1,2} ?[ap]\.?m\b", re.IGNORECASE)
ENDS = 2  # of a span of time


# "<== Incident Detected": whoever marks it so has thought about it.
EXPLICIT = re.compile(r"<=|INCIDENT DETECTED|incident (?:was )?detected")
