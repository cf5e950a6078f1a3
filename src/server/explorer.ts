import { readFile } from "node:fs/promises";
import { type RequestHandler, Router } from "express";
import { FIRST_QUERY } from "./first-query.js";

/** Scripts that the page consists of: beside this file in a build, in the packages they come from otherwise. */
const assets: Readonly<Record<string, { readonly type: string; readonly from: string }>> = {
  "react.js": { type: "text/javascript", from: "react/umd/react.production.min.js" },
  "react-dom.js": { type: "text/javascript", from: "react-dom/umd/react-dom.production.min.js" },
  "graphiql.js": { type: "text/javascript", from: "graphiql/graphiql.min.js" },
  "graphiql.css": { type: "text/css", from: "graphiql/graphiql.min.css" },
};

async function assetText(name: string): Promise<Buffer> {
  const built = new URL(`./assets/${name}`, import.meta.url);
  return await readFile(built).catch(() =>
    readFile(new URL(`../../node_modules/${assets[name]!.from}`, import.meta.url)),
  );
}

// The page itself is ours and tiny; what it loads is from this server alone, so that it works without the internet.
const start = `"use strict";
const at = new URL("graphql", location.href);
const socket = new URL(at);
socket.protocol = at.protocol === "https:" ? "wss:" : "ws:";
const fetcher = GraphiQL.createFetcher({ url: at.href, subscriptionUrl: socket.href });
ReactDOM.createRoot(document.getElementById("graphiql")).render(
  React.createElement(GraphiQL, { fetcher, defaultQuery: ${JSON.stringify(FIRST_QUERY)}, defaultEditorToolsVisibility: true }),
);
`;

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Pulsegate: GraphiQL</title>
<link rel="stylesheet" href="graphiql/graphiql.css">
<style>html, body, #graphiql { height: 100%; margin: 0 }</style>
</head>
<body>
<div id="graphiql">This page needs JavaScript.</div>
<script src="graphiql/react.js"></script>
<script src="graphiql/react-dom.js"></script>
<script src="graphiql/graphiql.js"></script>
<script src="graphiql/start.js"></script>
</body>
</html>
`;

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  // The editor styles its lines one by one.
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self' ws: wss:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** GraphiQL, served wholly from here, to be mounted at the root. */
export function explorer(): Router {
  const router = Router({ strict: true });
  const show: RequestHandler = (_request, response) => {
    response.set("content-security-policy", policy).type("html").send(page);
  };
  router.get("/graphiql", show);
  router.get("/graphiql/start.js", (_request, response) => {
    response.type("text/javascript").send(start);
  });
  router.get("/graphiql/:asset", async (request, response, next) => {
    const name = request.params.asset;
    const asset = Object.hasOwn(assets, name) ? assets[name] : undefined;
    if (!asset) return next();
    const text = await assetText(name);
    response.set("cache-control", "private, max-age=3600").type(asset.type).send(text);
  });
  return router;
}
