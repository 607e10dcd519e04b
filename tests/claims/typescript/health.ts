import assert from "node:assert/strict";
import { createServer } from "node:http";
import { Health } from "./artifact.ts";
let usable = true;
const health = new Health(async () => { if (!usable) throw new Error("x"); return true; });
const server = createServer((request, response) => {
  if (request.url === "/live") health.live(response); else void health.ready(response);
}).listen(0);
const ask = async (path: string) => (await fetch(`http://127.0.0.1:${(server.address() as any).port}${path}`, { headers: { connection: "close" } })).status;
assert.deepEqual([await ask("/ready"), await ask("/live")], [503, 200]);
health.started();
assert.equal(await ask("/ready"), 200);
usable = false;
assert.deepEqual([await ask("/ready"), await ask("/live")], [503, 200]);
usable = true;
const closing = health.shutDown(server, 100);
assert.equal(await ask("/ready"), 503);   // still answering, and no longer ready
await closing;
await assert.rejects(ask("/live"));
