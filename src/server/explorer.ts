import { readFile } from "node:fs/promises";
import { type RequestHandler, Router } from "express";
import type { Example } from "./examples.js";

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

// The page itself is ours and small; what it loads is from this server alone, so that it works without the internet.
const start = (examples: readonly Example[]) => `"use strict";
const examples = ${JSON.stringify(examples)};
const given = new URLSearchParams(location.search);
const [picker, plan] = ["example", "plan"].map((id) => document.getElementById(id));
for (const { name } of examples) {
  const words = name.replaceAll("-", " ");
  picker.append(new Option(words[0].toUpperCase() + words.slice(1), name));
}
const chosen = examples.find(({ name }) => name === given.get("example"));
picker.value = chosen ? chosen.name : "";
plan.value = given.get("plan") ?? "";
if (plan.selectedIndex < 0) plan.value = "";
picker.addEventListener("change", () => {
  location.search = new URLSearchParams({ example: picker.value, ...(plan.value && { plan: plan.value }) });
});

const at = new URL("graphql", location.href);
const socket = new URL(at);
socket.protocol = at.protocol === "https:" ? "wss:" : "ws:";
const send = GraphiQL.createFetcher({ url: at.href, subscriptionUrl: socket.href });
// Only a query has a plan.
const isQuery = ({ operationName }, { documentAST } = {}) => {
  const operations = documentAST?.definitions.filter(({ kind }) => kind === "OperationDefinition") ?? [];
  const named = operations.find(({ name }) => name?.value === operationName) ?? operations[0];
  return named?.operation === "query";
};
const fetcher = (request, options) =>
  send(
    plan.value !== "" && isQuery(request, options) ? { ...request, extensions: { plan: plan.value } } : request,
    options,
  );
const text = (name) => given.get(name) ?? undefined;
ReactDOM.createRoot(document.getElementById("graphiql")).render(
  React.createElement(GraphiQL, {
    fetcher,
    defaultQuery: examples[0].query,
    query: text("query") ?? chosen?.query,
    variables: text("variables"),
    defaultEditorToolsVisibility: true,
  }),
);
`;

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Pulsegate: GraphiQL</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="graphiql/graphiql.css">
<style>
html, body { height: 100%; margin: 0 }
body { display: grid; grid-template-rows: auto minmax(0, 1fr); background: Canvas; color: CanvasText }
header { display: flex; flex-wrap: wrap; gap: 0.5rem 1.5rem; align-items: center; padding: 0.5rem 1rem; font: 0.9rem system-ui, sans-serif }
select { font: inherit; padding: 0.15rem 0.3rem }
</style>
</head>
<body>
<header>
<a href="./">Pulsegate</a>
<label>Example <select id="example"><option value="" disabled>choose one</option></select></label>
<label>Provider calls <select id="plan">
<option value="">not shown</option>
<option value="report">shown with the answer</option>
<option value="dry-run">foretold, none made</option>
</select></label>
</header>
<div id="graphiql">This page needs JavaScript.</div>
<script src="graphiql/react.js"></script>
<script src="graphiql/react-dom.js"></script>
<script src="graphiql/graphiql.js"></script>
<script src="graphiql/start.js"></script>
</body>
</html>
`;

/**
 * For Apollo's page, which loads its script from Apollo's servers: where that has not come within two seconds, a link to
 * the explorer that is served from here. Styled by script, since the page's policy forbids other styles.
 */
const wayOut = `"use strict";
setTimeout(() => {
  if (window.EmbeddedSandbox) return;
  const link = document.createElement("a");
  link.id = "way-out";
  link.href = "graphiql" + location.search;
  link.textContent = "Apollo Sandbox has not loaded. GraphiQL is served from here: open it.";
  Object.assign(link.style, {
    position: "fixed", zIndex: "1", bottom: "0", left: "0", right: "0",
    padding: "1em", font: "1rem system-ui, sans-serif", background: "Canvas",
  });
  document.body.append(link);
}, 2000);
`;

/** What puts the way out into Apollo's page. The address is relative to that page. */
export const wayOutScript = '<script src="graphiql/way-out.js"></script>';

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

/**
 * GraphiQL, served wholly from here, to be mounted at the root. `?query=` and `?variables=` open it with a document,
 * `?example=` with one of the examples, and `?plan=` with the provider calls shown.
 */
export function explorer(examples: readonly Example[]): Router {
  const router = Router({ strict: true });
  const show: RequestHandler = (_request, response) => {
    response.set("content-security-policy", policy).type("html").send(page);
  };
  router.get("/graphiql", show);
  const scripts = { "start.js": start(examples), "way-out.js": wayOut };
  for (const [name, text] of Object.entries(scripts)) {
    router.get(`/graphiql/${name}`, (_request, response) => {
      response.type("text/javascript").send(text);
    });
  }
  router.get("/graphiql/:asset", async (request, response, next) => {
    const name = request.params.asset;
    const asset = Object.hasOwn(assets, name) ? assets[name] : undefined;
    if (!asset) return next();
    const text = await assetText(name);
    response.set("cache-control", "private, max-age=3600").type(asset.type).send(text);
  });
  return router;
}
