import assert from "node:assert/strict";
import { createServer } from "node:http";
import { callWithDeadline, DependencyTimeout } from "./artifact.ts";
const server = createServer(() => {}).listen(0);
await assert.rejects(callWithDeadline(`http://127.0.0.1:${(server.address() as any).port}/`, {}, 200), DependencyTimeout);
server.closeAllConnections(); server.close();
