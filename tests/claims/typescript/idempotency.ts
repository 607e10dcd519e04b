import assert from "node:assert/strict";
import { once, OtherRequest, UnderWay } from "./artifact.ts";
const rows = new Map<string, Record<string, any>>();
const tx = { query: async (sql: string, values: any[]) => {
  if (sql.startsWith("INSERT")) {
    if (rows.has(values[0])) return { rowCount: 0, rows: [] };
    rows.set(values[0], { request_sha: values[1], response: null });
    return { rowCount: 1, rows: [] };
  }
  if (sql.startsWith("SELECT")) return { rowCount: 1, rows: [rows.get(values[0])!] };
  rows.get(values[1])!.response = JSON.parse(values[0]);
  return { rowCount: 1, rows: [] };
} };
let done = 0;
const act = async () => { done += 1; return { paid: 5 }; };
assert.deepEqual(await once(tx, "k", "five", act), { paid: 5 });
assert.deepEqual(await once(tx, "k", "five", act), { paid: 5 });
assert.equal(done, 1);
await assert.rejects(once(tx, "k", "six", act), OtherRequest);
rows.get("k")!.response = null;
await assert.rejects(once(tx, "k", "five", act), UnderWay);
