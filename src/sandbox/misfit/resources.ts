import {
  type LabHttpRequest,
  type LabReply,
  type LabRoute,
  route,
  type SyncState,
  type TokenStore,
} from "../kit/index.js";
import { person as personOf } from "../people/index.js";
import type { Person } from "../person.js";
import { type Budget, limitHeaders } from "./budget.js";
import { answer, failure, invalidParameters } from "./errors.js";
import { misfitUserId } from "./ids.js";
import type { DatedType, MisfitObjects, MisfitSummary } from "./objects.js";
import { deviceOf, profileOf } from "./profile.js";
import { createRangeReading, requestedRange } from "./range.js";
import type { MisfitSwitches } from "./switches.js";
import { decimals } from "./view.js";

interface Resources {
  readonly tokens: TokenStore;
  readonly budget: Budget;
  readonly objects: MisfitObjects;
  readonly sync: SyncState;
  readonly switches: MisfitSwitches;
}

type Params = Readonly<Record<string, string>>;
type Read = (person: Person, request: LabHttpRequest, params: Params, headers: Record<string, string>) => LabReply;

const USER = "/move/resource/v1/user/:user";

/** Of the three ways to send it, the first that is present counts. */
export function presentedToken(request: LabHttpRequest): string | null {
  const header = request.headers["access_token"];
  return request.bearer ?? (typeof header === "string" ? header : null) ?? request.query.get("access_token");
}

/** Everything below the resource server's root, read-only. Paths are expected without a trailing slash. */
export function resourceRoutes({ tokens, budget, objects, sync, switches }: Resources): LabRoute[] {
  const reading = createRangeReading(switches);

  /** Token, then budget, then whose data it is: a refusal for the last counts, one for the first does not. */
  function read(pattern: string, handle: Read): LabRoute {
    return route("GET", `${USER}/${pattern}`, (request, params) => {
      const access = tokens.check(presentedToken(request) ?? "");
      if (access.state !== "valid") {
        return failure(401, switches.errorShape);
      }
      const { personId } = access.consent;
      request.identify(personId);
      const limit = budget.take(personId);
      const headers = limitHeaders(limit);
      if (!limit.allowed) {
        return failure(429, switches.errorShape, headers);
      }
      const own = params["user"] === "me" || params["user"] === misfitUserId(personId);
      return own ? handle(personOf(personId), request, params, headers) : failure(403, switches.errorShape, headers);
    });
  }

  const shown = <T extends object>(object: T): T =>
    switches.unknownFields ? { ...object, revision: 7, origin: { channel: "cloud", tags: ["x"] } } : object;

  const found = (object: object | null, headers: Record<string, string>) =>
    object ? answer(200, shown(object), headers) : failure(400, switches.errorShape, headers);

  function list<T extends object>(name: string, items: readonly T[], headers: Record<string, string>): LabReply {
    return answer(200, shown({ [name]: items.map(shown) }), headers);
  }

  function dated(type: DatedType): LabRoute[] {
    return [
      read(`activity/${type}`, (person, request, _, headers) => {
        const asked = requestedRange(request.query);
        if (!asked) {
          return invalidParameters(switches.errorShape, headers);
        }
        const { first, last } = reading(asked);
        const items = objects.list(type, person, first, last);
        const idless = type === "goals" && switches.omitGoalIds;
        return list(type, idless ? items.map(withoutEveryOtherId) : items, headers);
      }),
      read(`activity/${type}/:id`, (person, _, params, headers) =>
        found(objects.find(type, person, params["id"] ?? ""), headers),
      ),
    ];
  }

  const device = (person: Person) => deviceOf(person, sync.syncedUntil(person.id, "MISFIT"), switches);

  return [
    read("profile", (person, _, __, headers) => found(profileOf(person, switches), headers)),
    read("profile/:id", (person, _, { id }, headers) =>
      found(id === misfitUserId(person.id) ? profileOf(person, switches) : null, headers),
    ),
    // Without a tracker there is an object all the same, with nothing in it.
    read("device", (person, _, __, headers) => found(device(person) ?? {}, headers)),
    read("device/:id", (person, _, { id }, headers) => {
      const current = device(person);
      return found(current?.id === id ? current : null, headers);
    }),
    read("activity/summary", (person, request, _, headers) => {
      const asked = requestedRange(request.query);
      if (!asked) {
        return invalidParameters(switches.errorShape, headers);
      }
      const { first, last } = reading(asked);
      const rows = objects.summaries(person, first, last);
      return request.query.get("detail") === "true"
        ? list("summary", rows, headers)
        : answer(200, shown(totals(rows)), headers);
    }),
    ...dated("goals"),
    ...dated("sessions"),
    ...dated("sleeps"),
  ];
}

function totals(rows: readonly MisfitSummary[]): Omit<MisfitSummary, "date"> {
  const sum = (field: keyof Omit<MisfitSummary, "date">) =>
    decimals(
      rows.reduce((total, row) => total + row[field], 0),
      5,
    );
  return {
    points: sum("points"),
    steps: sum("steps"),
    calories: sum("calories"),
    activityCalories: sum("activityCalories"),
    distance: sum("distance"),
  };
}

function withoutEveryOtherId<T extends { readonly id: string }>(item: T, index: number): object {
  const { id, ...rest } = item;
  return index % 2 === 0 ? rest : item;
}
