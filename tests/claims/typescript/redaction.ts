import assert from "node:assert/strict";
import { censor } from "./artifact.ts";
assert.deepEqual(censor({ user: [{ "E-Mail": "x", id: 7 }], note: "mail jo@example.com", card_no: "4111 1111 1111 1111" }),
  { user: [{ "E-Mail": "[REDACTED]", id: 7 }], note: "mail [REDACTED]", card_no: "[REDACTED]" });
const round: Record<string, unknown> = {}; round.self = round;
assert.match(JSON.stringify(censor(round)), /TRUNCATED/);
