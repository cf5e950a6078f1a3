import type { Person } from "../person.js";

interface ConsentScope {
  readonly id: string;
  readonly label: string;
}

export interface ConsentPage {
  readonly providerName: string;
  readonly clientName: string;
  readonly people: Iterable<Person>;
  /** The scopes that the client requested. */
  readonly scopes: readonly ConsentScope[];
  /** The client's query, sent again with the decision. */
  readonly query: URLSearchParams;
  /** False if the provider grants all scopes or none. */
  readonly scopesOptional?: boolean;
}

export type ConsentDecision =
  | { readonly allowed: true; readonly personId: string; readonly scopes: readonly string[] }
  | { readonly allowed: false };

const ownFields = new Set(["decision", "person", "grant", "auto", "drop_scopes"]);

/**
 * The decision from the page's form, or from a test. Null if there is none yet: then the page is shown. Tests add
 * `auto=allow` or `auto=deny` to the authorize URL, and may add `person=both` and `drop_scopes=sleep,weight`.
 */
export function consentDecision(
  query: URLSearchParams,
  requested: readonly string[],
  defaultPersonId = "demo",
): ConsentDecision | null {
  const decision = query.get("auto") ?? query.get("decision");
  if (decision === "deny") {
    return { allowed: false };
  }
  if (decision !== "allow") {
    return null;
  }
  const dropped = new Set((query.get("drop_scopes") ?? "").split(/[ ,]+/));
  const ticked = new Set(query.has("auto") ? requested : query.getAll("grant"));
  const scopes = requested.filter((scope) => ticked.has(scope) && !dropped.has(scope));
  return { allowed: true, personId: query.get("person") ?? defaultPersonId, scopes };
}

/** Stateless: the form returns to the URL that shows it, whatever that is, with the decision in the query. */
export function consentPage(page: ConsentPage): string {
  const hidden = [...page.query]
    .filter(([name]) => !ownFields.has(name))
    .map(([name, value]) => `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`);
  const chosen = page.query.get("person") ?? "demo";
  const people = [...page.people].map(
    ({ id, givenName, familyName, timeZone }) =>
      `<option value="${escapeHtml(id)}"${id === chosen ? " selected" : ""}>` +
      `${escapeHtml(`${givenName} ${familyName} (${id}, ${timeZone})`)}</option>`,
  );
  const fixed = page.scopesOptional === false;
  const scopes = page.scopes.map(({ id, label }) =>
    fixed
      ? `<li>${escapeHtml(label)}<input type="hidden" name="grant" value="${escapeHtml(id)}"></li>`
      : `<li><label><input type="checkbox" name="grant" value="${escapeHtml(id)}" checked> ${escapeHtml(label)}</label></li>`,
  );
  const title = `${page.clientName} asks for access to ${page.providerName}`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 34rem; margin: 2rem auto; padding: 0 1rem; color: #1b1b1b; background: #fff; }
h1 { font-size: 1.4rem; }
fieldset { border: 1px solid #767676; border-radius: .4rem; margin: 1rem 0; }
ul { list-style: none; padding: 0; }
select, button { font: inherit; padding: .5rem .9rem; }
button[value="allow"] { background: #0b5c46; color: #fff; border: 2px solid #0b5c46; }
:focus-visible { outline: 3px solid #1a5fb4; outline-offset: 2px; }
</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
<p>This page imitates ${escapeHtml(page.providerName)}. The people are invented and nothing leaves this machine.</p>
<form method="get">
${hidden.join("\n")}
<p><label for="person">Sign in as</label> <select id="person" name="person">
${people.join("\n")}
</select></p>
<fieldset><legend>${fixed ? "This includes" : "Allow reading"}</legend>
<ul>
${scopes.join("\n")}
</ul></fieldset>
<p><button name="decision" value="allow">Allow</button> <button name="decision" value="deny">Deny</button></p>
</form>
</main>
</body>
</html>
`;
}

function escapeHtml(value: string): string {
  const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  return value.replace(/[&<>"']/g, (character) => entities[character]!);
}
