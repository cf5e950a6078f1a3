import { type LabReply, type LabRoute, route } from "../kit/index.js";
import type { ListLabParts, ListView } from "../kit/list-lab.js";
import { createNotices } from "../kit/notices.js";
import type { LabClock } from "../lab.js";

/** Answers in the vendor's form: `done` with a body, `fail` with a status of its own. */
export interface Words {
  done(body?: object): LabReply;
  fail(status: number, error: string, body?: object): LabReply;
}

interface Subscription {
  readonly callbackurl: string;
  readonly appli: number;
  readonly comment: string;
}

const APPLIS = [1, 2, 4, 16, 44, 46, 50, 51, 52, 53, 54, 55, 58];

/** Subscriptions of each person, one for each category and address, and what is sent to them: forms without a signature. */
export function createNotifications(clock: () => LabClock, strict: () => boolean, { done, fail }: Words) {
  const subscriptions = new Map<string, Subscription[]>();
  const notices = createNotices(clock, { retries: 5, timeoutMs: 2_000, accepts: (status) => status < 400 });
  const { addressOf, sender } = notices;

  async function isReachable(callback: string): Promise<boolean> {
    if (!URL.canParse(callback) || callback.length > 255) return false;
    const { protocol, hostname, port } = new URL(callback);
    // With the default ports of a URL the port is empty; 80 with https is rare, and right here.
    const named = protocol === "https:" && /[a-z]/i.test(hostname.split(".").at(-1)!) && ["", "80"].includes(port);
    if (strict() && !named) return false;
    try {
      const answer = await fetch(addressOf(callback), { method: "HEAD", signal: AbortSignal.timeout(5_000) });
      return answer.ok;
    } catch {
      return false;
    }
  }

  async function act(action: string, view: ListView, query: URLSearchParams): Promise<LabReply> {
    const own = subscriptions.get(view.person.id) ?? [];
    const appli = Number(query.get("appli") ?? 1);
    const callbackurl = query.get("callbackurl") ?? "";
    const found = own.find((each) => each.appli === appli && each.callbackurl === callbackurl);
    const keep = (changed: readonly Subscription[]) => void subscriptions.set(view.person.id, [...changed]);
    if (action === "list") {
      const asked = own.filter((each) => !query.has("appli") || each.appli === appli);
      return done({ profiles: asked.map((each) => ({ ...each, expires: 2_147_483_647 })) });
    }
    if (action === "subscribe") {
      if (!APPLIS.includes(appli)) return fail(503, "Invalid Params: invalid appli");
      if (!(await isReachable(callbackurl))) return fail(293, "The callback URL is either absent or incorrect");
      const made = { appli, callbackurl, comment: query.get("comment") ?? "" };
      keep([...own.filter((each) => each !== found), made]);
      return done();
    }
    if (!found) return fail(286, "No such subscription was found");
    if (action === "get") return done(found);
    const others = own.filter((each) => each !== found);
    if (action === "revoke") {
      keep(others);
      return done();
    }
    const moved = query.get("new_callbackurl") ?? callbackurl;
    if (moved !== callbackurl && !(await isReachable(moved)))
      return fail(293, "The callback URL is either absent or incorrect");
    const changed = { appli: Number(query.get("new_appli") ?? appli), callbackurl: moved };
    keep([...others, { ...changed, comment: query.get("comment") ?? found.comment }]);
    return done();
  }

  /** Sends one notice to everybody who subscribed to its category. */
  async function announce(
    personId: string,
    userId: string,
    appli: number,
    fields: Readonly<Record<string, string | number>>,
  ): Promise<void> {
    const body = new URLSearchParams({ userid: userId, ...textsOf(fields), appli: String(appli) }).toString();
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const wanted = (subscriptions.get(personId) ?? []).filter((each) => each.appli === appli);
    for (const { callbackurl } of notices.isHeard() ? wanted : []) {
      await sender.send({ url: addressOf(callbackurl), body, headers, personId });
    }
  }

  return {
    announce,
    notices,
    routesOf: ({ guarded }: ListLabParts): readonly LabRoute[] =>
      ["subscribe", "list", "get", "update", "revoke"].map((action) =>
        route(
          "GET",
          `/notify/${action}`,
          guardedAsync(guarded, (view, query) => act(action, view, query)),
        ),
      ),
    forget: (personId: string) => void subscriptions.delete(personId),
  };
}

/** A guarded route whose answer has to wait for somebody else. */
function guardedAsync(
  guarded: ListLabParts["guarded"],
  answer: (view: ListView, query: URLSearchParams) => Promise<LabReply>,
): LabRoute["handle"] {
  return async (request, params) => {
    let waiting: Promise<LabReply> | undefined;
    const refusal = await guarded(undefined, (view) => {
      waiting = answer(view, request.query);
      return { status: 200 };
    })(request, params);
    return (await waiting) ?? refusal;
  };
}

const textsOf = (fields: Readonly<Record<string, string | number>>) =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, String(value)]));
