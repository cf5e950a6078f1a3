import { readFile } from "node:fs/promises";
import { Router } from "express";
import type { Config } from "../config/config.js";
import type { Provider } from "../providers/index.js";
import { providerAt } from "../providers/registry.js";
import { consentWords, escaped } from "./pages.js";

const page = ({ explorer, publicUrl }: HomeConfig, arrival: string) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Pulsegate</title>
<link rel="stylesheet" href="home/home.css">
<script type="module" src="home/home.js"></script>
</head>
<body data-scheme="${escaped(publicUrl.split("://")[0]!)}" data-home="${escaped(publicUrl.split("://")[1]!)}/">
<header>
<h1>Pulsegate</h1>
<p id="who"></p>
${explorer ? '<nav><a href="graphiql">Query it in GraphiQL</a></nav>' : ""}
</header>
<main>
<noscript><p>This page needs JavaScript.</p></noscript>
<p id="arrival" role="status"${arrival === "" ? " hidden" : ""}>${escaped(arrival)}</p>
<p id="trouble" role="alert" hidden></p>
<form id="sign-in" hidden>
<p>This gateway answers apps that sign their users in. To look at one user's days, paste a token of theirs; it stays in this page.</p>
<label>User token <input id="token" type="password" autocomplete="off" required></label>
<button>Look</button>
</form>
<section id="providers" hidden><h2>Providers</h2><ul></ul></section>
<section id="days" hidden>
<h2>The last seven days</h2>
<div class="wide"><table>
<thead><tr><th scope="col">Day</th><th scope="col">Steps</th><th scope="col">Distance</th><th scope="col">Resting heart rate</th><th scope="col">Asleep</th></tr></thead>
<tbody></tbody>
</table></div>
<ul id="sources"></ul>
<p id="cost"></p>
</section>
</main>
</body>
</html>
`;

const assets: Readonly<Record<string, string>> = { "home.js": "text/javascript", "home.css": "text/css" };

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self' ws: wss:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

export type HomeConfig = Pick<Config, "explorer" | "publicUrl">;

/** How a consent ended that this page began, in words. Only what is known is said: anybody can make up such an address. */
function arrivalOf(query: Readonly<Record<string, unknown>>, providers: readonly Provider[]): string {
  const { provider: slug, status, error } = query;
  const provider = typeof slug === "string" ? providerAt(providers, slug) : undefined;
  if (!provider) return "";
  if (typeof error === "string" && /^\w{1,40}$/.test(error)) return consentWords({ error }, provider.name).text;
  if (status === "connected") return consentWords({ status }, provider.name).text;
  return status === "awaiting-confirmation" ? `Consent was given at ${provider.name}; it is being confirmed.` : "";
}

/**
 * The page for people, at "/": connect a provider, look at one's days. It holds nothing itself and asks the API. It is
 * also where its own consents come back to, and confirms them.
 */
export function home(config: HomeConfig, providers: readonly Provider[]): Router {
  const router = Router({ strict: true });
  router.get("/", (request, response) => {
    const html = page(config, arrivalOf(request.query, providers));
    response.set("content-security-policy", policy).type("html").send(html);
  });
  router.get("/home/:asset", async (request, response, next) => {
    const name = request.params.asset;
    if (!Object.hasOwn(assets, name)) return next();
    const text = await readFile(new URL(`./home/${name}`, import.meta.url), "utf8");
    response.type(assets[name]!).send(text);
  });
  return router;
}
