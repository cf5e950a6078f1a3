/** The built page, and the component itself rendered from the gateway's answers. Needs the repository's own packages too. */
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { ApolloProvider } from "@apollo/client/react";
import { prerenderStatic } from "@apollo/client/react/ssr";
import { createElement } from "react";
import { renderToString } from "react-dom/server";
import { build, createServer } from "vite";
import { startPlaces } from "../../test/clients/places.mjs";

// As a browser has one. Of the repository's packages, like the gateway itself.
globalThis.WebSocket ??= createRequire(new URL("../../package.json", import.meta.url))("ws").WebSocket;

let places;
let vite;
before(async () => {
  [places, vite] = await Promise.all([
    startPlaces(),
    createServer({ appType: "custom", logLevel: "error", server: { middlewareMode: true, ws: false, hmr: false } }),
  ]);
  // The wearable holds back the last day: the gateway has not read it yet when it comes.
  await sync(`?until=${new Date(Date.now() - 86_400_000).toISOString()}`);
});
after(async () => {
  await vite?.close();
  await places?.close();
});

const sync = (search = "") => fetch(`${places.gateway}/lab/sync/demo${search}`, { method: "POST" });

async function clientFor(token) {
  const { createApolloClient } = await vite.ssrLoadModule("/src/client.ts");
  return createApolloClient({ url: places.gateway, token: async () => token });
}

async function rendered(client) {
  const { Week } = await vite.ssrLoadModule("/src/Week.tsx");
  const tree = createElement(ApolloProvider, { client }, createElement(Week));
  const { result } = await prerenderStatic({ tree, context: { client }, renderFunction: renderToString });
  return result;
}

test("the page is built", async () => {
  const { output } = await build({ logLevel: "error", build: { write: false } });
  assert.ok(output.some(({ fileName }) => /\.js$/.test(fileName)));
});

test("the component shows the person's seven days", async () => {
  const html = await rendered(await clientFor(places.token));
  const days = [...html.matchAll(/<th scope="row">(\d{4}-\d{2}-\d{2})<\/th><td>([^<]+)<\/td><td>([A-Z_]+)<\/td>/g)];
  assert.equal(days.length, 7);
  assert.ok(days.some(([, , figure]) => /^[\d.,]+$/.test(figure)));
});

test("what the gateway refuses is said", async () => {
  const html = await rendered(await clientFor("no token of ours"));
  assert.match(html, /role="alert"/);
});

test("an event over the socket changes what the query reads", async () => {
  const client = await clientFor(places.token);
  const { WeekDocument, WeekUpdatedDocument } = await vite.ssrLoadModule("/src/generated.ts");
  const week = () => JSON.stringify(client.readQuery({ query: WeekDocument }).viewer.activity.days);
  const subscribe = "mutation { subscribe(input: { provider: GOOGLE_HEALTH }) { notices } }";
  await fetch(`${places.gateway}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${places.token}` },
    body: JSON.stringify({ query: subscribe }),
  });
  await client.query({ query: WeekDocument });
  const before = week();
  const event = new Promise((resolve, reject) => {
    client.subscribe({ query: WeekUpdatedDocument }).subscribe({
      next: ({ data, error }) => (error ? reject(error) : resolve(data)),
      error: reject,
    });
  });
  // Again until the subscription is listened to.
  const nudges = setInterval(() => void sync(), 500);
  const data = await event.finally(() => clearInterval(nudges));
  assert.equal(data.dataUpdated.user.id, "demo");
  assert.notEqual(week(), before);
});
