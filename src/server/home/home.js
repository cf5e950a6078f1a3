/** The page for people. It asks the gateway's own API, as any app would, and shows who said each figure. */

const QUERY = `query Home {
  providers { id name status }
  viewer {
    id
    connections { id status provider { id } }
    activity(range: { lastDays: 7 }) {
      days { date source steps distance(unit: KILOMETER) worn missing { field reason } }
      sources { provider status message asOf }
    }
    heart(range: { lastDays: 7 }) {
      days { date source restingRate missing { field reason } }
      sources { provider status message asOf }
    }
    sleep(range: { lastDays: 7 }) {
      sessions { date source isMainSleep minutesAsleep }
      sources { provider status message asOf }
    }
  }
}`;
// Asked to be confirmed wherever the gateway lets callers choose: what comes back here is confirmed below.
const CONNECT = `mutation ($provider: ProviderId!, $redirectTo: URL!) {
  connect(input: { provider: $provider, redirectTo: $redirectTo, confirm: true }) { authorizationUrl }
}`;
const CONFIRM = `mutation ($handle: String!) {
  confirmConnection(input: { handle: $handle }) { connection { provider { name } } }
}`;
const DISCONNECT = "mutation ($provider: ProviderId!) { disconnect(input: { provider: $provider }) { notices } }";
const CHANGES = ["subscription { dataUpdated { domain } }", "subscription { connectionChanged { id } }"];

const reasons = {
  INSUFFICIENT_SCOPE: "not allowed at consent",
  NOT_FETCHED: "not asked for yet",
  NOT_PERMITTED_TO_APP: "not open to this app",
  NOT_RECORDED: "not recorded",
  NOT_YET_SYNCED: "not synced yet",
  OUT_OF_REACH: "too long ago for the provider",
  PROVIDER_ERROR: "the provider failed",
  UNKNOWN: "unknown",
  UNSUPPORTED: "not offered",
};
const states = {
  AWAITING_CONFIRMATION: "waits to be confirmed",
  CONNECTED: "connected",
  REAUTHORIZATION_REQUIRED: "has to be connected again",
  RETIRED: "switched off by its maker",
  REVOKED: "disconnected; its days are kept",
};
const offers = {
  AVAILABLE: "",
  SANDBOX: "imitated by the provider lab in this gateway",
  NOT_CONFIGURED: "has no credentials here",
  RETIRED: "switched off by its maker",
};

const at = new URL("graphql", location.href);
/** What a consent brought back. Taken out of the address, so that neither a reload nor the history holds it. */
let handle = new URLSearchParams(location.search).get("handle");
if (location.search) history.replaceState(null, "", location.pathname);
/** Where consents come back to: this page, under the name that the gateway is known by. */
const { scheme, home } = document.body.dataset;
const find = (selector) => document.querySelector(selector);
let token = "";
let names = {};

async function ask(query, variables) {
  const response = await fetch(at, {
    method: "POST",
    headers: { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify({ query, variables, extensions: { plan: "report" } }),
  });
  const answer = await response.json();
  if (!answer.data) throw Object.assign(new Error(answer.errors[0].message), answer.errors[0].extensions);
  return answer;
}

/** Only as the user who began it: the handle is of no use to anybody else. */
async function confirmArrival() {
  if (!handle) return;
  try {
    const { data } = await ask(CONFIRM, { handle });
    handle = null;
    find("#arrival").textContent = `The connection to ${data.confirmConnection.connection.provider.name} was made.`;
  } catch (error) {
    if (error.code === "UNAUTHENTICATED") {
      find("#arrival").textContent = "Consent was given. Sign in to confirm the connection.";
      return;
    }
    handle = null;
    find("#arrival").textContent = `The connection could not be made: ${error.message}`;
  }
}

async function show() {
  try {
    const { data, extensions } = await ask(QUERY);
    names = Object.fromEntries(data.providers.map(({ id, name }) => [id, name]));
    const { viewer } = data;
    find("#sign-in").hidden = viewer !== null;
    find("#trouble").hidden = true;
    if (viewer === null) return;
    find("#who").textContent = viewer.id;
    showProviders(data.providers, viewer.connections);
    showDays(viewer);
    const { upstreamCalls } = extensions.plan;
    find("#cost").textContent =
      upstreamCalls === 0
        ? "All of this was in store: no provider was asked."
        : `This took ${upstreamCalls} ${upstreamCalls === 1 ? "request" : "requests"} to providers.`;
  } catch (error) {
    const unknown = error.code === "UNAUTHENTICATED";
    find("#sign-in").hidden = !unknown;
    say(unknown && !token ? "" : error.message);
  }
}

function showProviders(providers, connections) {
  const items = providers.map(({ id, name, status }) => {
    const connection = connections.find((one) => one.provider.id === id);
    const isConnected = connection?.status === "CONNECTED";
    const canConnect = status === "AVAILABLE" || status === "SANDBOX";
    const item = element("li", element("b", name));
    item.append(classed("state", "span", connection ? states[connection.status] : offers[status]));
    if (isConnected) item.append(button("Disconnect", () => disconnect(id)));
    else if (canConnect) item.append(button("Connect", () => connect(id), "first"));
    return item;
  });
  find("#providers ul").replaceChildren(...items);
  find("#providers").hidden = false;
}

function showDays({ activity, heart, sleep }) {
  const nights = (sleep.sessions ?? []).filter(({ isMainSleep }) => isMainSleep !== false);
  const dates = [...(activity.days ?? []), ...(heart.days ?? []), ...nights].map(({ date }) => date);
  const rows = [...new Set(dates)]
    .sort()
    .reverse()
    .map((date) => {
      const walked = activity.days?.find((day) => day.date === date);
      const beat = heart.days?.find((day) => day.date === date);
      const night = nights.find((session) => session.date === date);
      return element(
        "tr",
        element("th", dayName(date)),
        figure(walked, "steps", (steps) => steps.toLocaleString()),
        figure(walked, "distance", (km) => `${km.toLocaleString(undefined, { maximumFractionDigits: 2 })} km`),
        figure(beat, "restingRate", (rate) => `${rate} /min`),
        night === undefined && sleep.sessions
          ? element("td", classed("missing", "span", "no night recorded"))
          : figure(night, "minutesAsleep", (minutes) => `${Math.floor(minutes / 60)} h ${minutes % 60} min`),
      );
    });
  find("#days tbody").replaceChildren(...rows);
  const lines = Object.entries({ Activity: activity, Heart: heart, Sleep: sleep }).flatMap(([domain, { sources }]) =>
    sources.filter(({ message }) => message).map((one) => `${domain}, ${names[one.provider]}: ${one.message}`),
  );
  find("#sources").replaceChildren(...lines.map((line) => element("li", line)));
  find("#days").hidden = rows.length === 0 && lines.length === 0;
}

/** A figure with who said it, or why there is none. */
function figure(holder, field, text) {
  const value = holder?.[field];
  if (value !== undefined && value !== null) {
    // A 0 of a wearable in the drawer is no day of rest.
    const said = holder.worn === false ? `${names[holder.source]}, not worn` : names[holder.source];
    return element("td", text(value), element("small", said));
  }
  const { reason } = holder?.missing?.find((one) => one.field === field) ?? {};
  return element("td", classed("missing", "span", reason ? reasons[reason] : "–"));
}

const dayName = (date) =>
  new Date(`${date}T12:00:00Z`).toLocaleDateString(undefined, {
    weekday: "short",
    day: "numeric",
    month: "short",
    timeZone: "UTC",
  });

async function connect(provider) {
  try {
    const { data } = await ask(CONNECT, { provider, redirectTo: `${scheme}://${home}` });
    location.assign(data.connect.authorizationUrl);
  } catch (error) {
    say(error.message);
  }
}

async function disconnect(provider) {
  if (!confirm(`Disconnect ${names[provider]}? What was read so far is kept.`)) return;
  try {
    await ask(DISCONNECT, { provider });
    await show();
  } catch (error) {
    say(error.message);
  }
}

function say(text) {
  find("#trouble").textContent = text;
  find("#trouble").hidden = text === "";
}

/** Shows the page anew when data or connections change: graphql-transport-ws, as far as two subscriptions need it. */
function listen() {
  const to = new URL(at);
  to.protocol = at.protocol === "https:" ? "wss:" : "ws:";
  const socket = new WebSocket(to, "graphql-transport-ws");
  const send = (message) => socket.send(JSON.stringify(message));
  socket.onopen = () =>
    send({ type: "connection_init", payload: token ? { authorization: `Bearer ${token}` } : undefined });
  socket.onmessage = ({ data }) => {
    const { type } = JSON.parse(data);
    if (type === "connection_ack") {
      for (const [id, query] of CHANGES.entries()) send({ id: `${id}`, type: "subscribe", payload: { query } });
    } else if (type === "ping") send({ type: "pong" });
    else if (type === "next") show();
  };
}

function element(tag, ...parts) {
  const made = document.createElement(tag);
  made.append(...parts);
  return made;
}

function classed(name, tag, ...parts) {
  const made = element(tag, ...parts);
  made.className = name;
  return made;
}

function button(text, act, kind = "") {
  const made = classed(kind, "button", text);
  made.addEventListener("click", act);
  return made;
}

find("#sign-in").addEventListener("submit", async (event) => {
  event.preventDefault();
  token = find("#token").value.trim();
  await confirmArrival();
  await show();
  if (find("#sign-in").hidden) listen();
});
await confirmArrival();
await show();
if (find("#sign-in").hidden) listen();
