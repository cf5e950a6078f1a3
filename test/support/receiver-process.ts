/**
 * An app's receiver in a process of its own, which keeps what it was sent in a file and can end itself in the middle of an
 * answer. Arguments: the file, the port (0: any), and where to end, at the first message that comes.
 */
import { appendFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** Before it has read the message; when it has kept it, before, within or behind its answer. */
export type Stage = "unread" | "kept" | "within" | "answered";

const [file = "", port = "0", stage] = process.argv.slice(2);
const end = (at: Stage) => stage === at && process.kill(process.pid, "SIGKILL");

const server = createServer((request, response) => {
  end("unread");
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const body = JSON.parse(Buffer.concat(chunks).toString("utf8"));
    appendFileSync(file, `${JSON.stringify({ id: request.headers["webhook-id"], body })}\n`);
    end("kept");
    response.writeHead(200, { "content-length": "1000" });
    response.write("x".repeat(500), () => end("within"));
    response.end("x".repeat(500), () => end("answered"));
  });
});
server.listen(Number(port), "127.0.0.1", () => process.send!((server.address() as AddressInfo).port));
// Who waits for its parent must not outlive it.
process.on("disconnect", () => process.exit(1));
