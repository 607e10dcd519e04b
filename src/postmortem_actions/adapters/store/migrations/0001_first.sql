-- What is in braces differs between the databases. Statements end with a line of ";;".
CREATE TABLE plan (
  id TEXT PRIMARY KEY,
  source TEXT NOT NULL,
  incident TEXT NOT NULL,
  digest TEXT NOT NULL,
  title TEXT NOT NULL,
  incident_date TEXT,
  severity TEXT NOT NULL,
  team TEXT NOT NULL,
  quarter TEXT NOT NULL,
  services TEXT NOT NULL,
  kinds TEXT NOT NULL,
  cause TEXT NOT NULL,
  sensitive INTEGER NOT NULL,
  created TEXT NOT NULL,
  changed TEXT NOT NULL,
  revision INTEGER NOT NULL,
  signals INTEGER NOT NULL,
  covered_before INTEGER NOT NULL,
  covered_planned INTEGER NOT NULL,
  covered_verified INTEGER NOT NULL DEFAULT 0,
  unfinished INTEGER NOT NULL DEFAULT 0,
  total INTEGER NOT NULL DEFAULT 0,
  body TEXT NOT NULL
)
;;
CREATE INDEX plan_unfinished ON plan (team, quarter, unfinished)
;;
CREATE INDEX plan_coverage ON plan (quarter, team, signals, covered_before, covered_verified, covered_planned)
;;
CREATE INDEX plan_worst ON plan (unfinished, id)
;;
CREATE INDEX plan_by_source ON plan (source)
;;
CREATE INDEX plan_by_incident ON plan (incident)
;;
CREATE INDEX plan_by_digest ON plan (digest)
;;
CREATE INDEX plan_by_changed ON plan (changed)
;;
CREATE TABLE plan_fact (
  kind TEXT NOT NULL,
  word TEXT NOT NULL,
  plan TEXT NOT NULL REFERENCES plan (id),
  PRIMARY KEY (kind, word, plan)
)
;;
CREATE INDEX plan_fact_by_plan ON plan_fact (plan)
;;
CREATE TABLE action (
  seq {serial},
  plan TEXT NOT NULL REFERENCES plan (id),
  id TEXT NOT NULL,
  number INTEGER NOT NULL,
  state TEXT NOT NULL,
  stage INTEGER NOT NULL,
  is_open INTEGER NOT NULL,
  priority TEXT NOT NULL,
  category TEXT NOT NULL,
  strength TEXT NOT NULL,
  owner TEXT NOT NULL,
  team TEXT NOT NULL,
  quarter TEXT NOT NULL,
  due TEXT NOT NULL,
  created_day TEXT NOT NULL,
  claimed_day TEXT NOT NULL,
  verified_day TEXT NOT NULL,
  changed TEXT NOT NULL,
  revision INTEGER NOT NULL,
  data TEXT NOT NULL,
  words TEXT NOT NULL,
  UNIQUE (plan, id)
)
;;
CREATE INDEX action_by_due ON action (stage, due, seq)
;;
CREATE INDEX action_by_priority ON action (stage, priority, due, seq)
;;
CREATE INDEX action_by_owner ON action (owner, stage, due)
;;
CREATE INDEX action_by_changed ON action (changed, seq)
;;
CREATE INDEX action_by_team ON action (team, stage, due)
;;
CREATE TABLE tally (
  team TEXT NOT NULL,
  quarter TEXT NOT NULL,
  measure TEXT NOT NULL,
  priority TEXT NOT NULL,
  word TEXT NOT NULL,
  n INTEGER NOT NULL,
  PRIMARY KEY (team, quarter, measure, priority, word)
)
;;
CREATE INDEX action_overdue ON action (due, priority, team, quarter) WHERE is_open = 1
;;
CREATE INDEX action_age ON action (created_day, team, quarter) WHERE is_open = 1
;;
CREATE TABLE event (
  seq {serial},
  plan TEXT NOT NULL,
  action TEXT NOT NULL,
  at TEXT NOT NULL,
  who TEXT NOT NULL,
  what TEXT NOT NULL,
  why TEXT NOT NULL,
  changes TEXT NOT NULL
)
;;
CREATE INDEX event_by_plan ON event (plan, action, seq)
;;
CREATE TABLE ticket (
  plan TEXT NOT NULL,
  action TEXT NOT NULL,
  tracker TEXT NOT NULL,
  place TEXT NOT NULL,
  key TEXT NOT NULL,
  ref_id TEXT NOT NULL,
  url TEXT NOT NULL,
  marker TEXT NOT NULL,
  data TEXT NOT NULL,
  PRIMARY KEY (plan, action, tracker, place)
)
;;
CREATE UNIQUE INDEX ticket_by_ref ON ticket (tracker, place, ref_id)
;;
CREATE TABLE outbox (
  seq {serial},
  id TEXT NOT NULL UNIQUE,
  plan TEXT NOT NULL,
  action TEXT NOT NULL,
  tracker TEXT NOT NULL,
  place TEXT NOT NULL,
  task TEXT NOT NULL,
  rank INTEGER NOT NULL,
  marker TEXT NOT NULL,
  payload TEXT NOT NULL,
  state TEXT NOT NULL,
  tries INTEGER NOT NULL,
  not_before TEXT NOT NULL,
  lease TEXT NOT NULL,
  lease_until TEXT NOT NULL,
  error TEXT NOT NULL
)
;;
CREATE INDEX outbox_waiting ON outbox (rank, seq) WHERE state = 'waiting'
;;
CREATE INDEX outbox_by_plan ON outbox (plan, seq)
;;
CREATE TABLE told (
  kind TEXT NOT NULL,
  key TEXT NOT NULL,
  at TEXT NOT NULL,
  PRIMARY KEY (kind, key)
)
;;
