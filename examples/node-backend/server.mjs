/**
 * An app's backend in front of Pulsegate, with an app key and Node alone: it knows who is signed in, and the key may
 * speak for each of them. It offers two addresses to its own frontend:
 *
 *   GET  /me/week              seven days, from whichever provider the person connected
 *   POST /me/connect/oura      where to send the person's browser for their consent
 *
 * Environment: PULSEGATE_URL, PULSEGATE_KEY (`pulsegate app-key create NAME`), APP_URL (its origin in the gateway's
 * ALLOWED_REDIRECTS), PORT.
 */
import { createServer } from "node:http";

const { PULSEGATE_URL = "http://127.0.0.1:4000", PULSEGATE_KEY = "", APP_URL = "http://127.0.0.1:3000" } = process.env;

const WEEK = `
  query Week($userId: ID!) {
    user(id: $userId) {
      activity(range: { lastDays: 7 }) {
        days { date source steps worn missing(fields: ["steps"]) { field reason } }
        sources { provider status message retryAt }
      }
    }
  }`;

const CONNECT = `
  mutation Connect($userId: ID!, $provider: ProviderId!, $redirectTo: URL!) {
    connect(input: { userId: $userId, provider: $provider, redirectTo: $redirectTo }) {
      authorizationUrl
      expiresAt
    }
  }`;

/** What the gateway says against an operation; `code` is documented in docs/errors.md. */
class GatewayError extends Error {
  constructor({ message, extensions }) {
    super(message);
    this.code = extensions?.code;
  }
}

async function ask(query, variables) {
  const response = await fetch(`${PULSEGATE_URL}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-api-key": PULSEGATE_KEY },
    body: JSON.stringify({ query, variables }),
    // Longer than the gateway waits for a provider.
    signal: AbortSignal.timeout(30_000),
  });
  const { data, errors } = await response.json();
  if (errors) throw new GatewayError(errors[0]);
  return data;
}

/** Stands for your own session: here, a header that a proxy sets. Never take an id that the browser may choose. */
const signedIn = (request) => request.headers["x-signed-in-user"] ?? null;

async function answer(request) {
  const userId = signedIn(request);
  if (userId === null) return [401, { error: "Sign in first." }];
  const path = new URL(request.url, APP_URL).pathname;
  if (request.method === "GET" && path === "/me/week") {
    const { user } = await ask(WEEK, { userId });
    // Null: this person has never connected anything.
    return [200, user?.activity ?? { days: [], sources: [] }];
  }
  const connect = /^\/me\/connect\/([a-z-]+)$/.exec(path);
  if (request.method === "POST" && connect) {
    const provider = connect[1].toUpperCase().replaceAll("-", "_");
    const { connect: begun } = await ask(CONNECT, { userId, provider, redirectTo: `${APP_URL}/connected` });
    return [200, begun];
  }
  return [404, { error: "There is nothing here." }];
}

/** Faults of the caller keep their code; anything else is the gateway's trouble, and worth trying again. */
const callersOwn = new Set([
  "BAD_USER_INPUT",
  "PROVIDER_RETIRED",
  "PROVIDER_NOT_CONFIGURED",
  "GRAPHQL_VALIDATION_FAILED",
]);

const server = createServer(async (request, response) => {
  const [status, body] = await answer(request).catch((error) => [
    callersOwn.has(error.code) ? 400 : 502,
    { error: error.message, code: error.code },
  ]);
  response.writeHead(status, { "content-type": "application/json", "cache-control": "private, no-store" });
  response.end(JSON.stringify(body));
});

server.listen(Number(process.env.PORT ?? 3000), "127.0.0.1", () => {
  console.log(`Listens on http://127.0.0.1:${server.address().port}`);
});
process.on("SIGTERM", () => server.close());
