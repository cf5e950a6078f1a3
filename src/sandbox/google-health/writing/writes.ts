import { randomUUID } from "node:crypto";
import type { LabHttpRequest } from "../../kit/index.js";
import type { LabClock } from "../../lab.js";
import { findOwn, writtenOut } from "../data-points.js";
import { DATA_TYPE_BY_ID, DATA_TYPES, type DataType } from "../data-types.js";
import { invalid, RpcError } from "../errors.js";
import { type Change, changeOfWrite, deletion } from "../notification-items.js";
import type { GoogleHealthSwitches } from "../switches.js";
import type { View } from "../view.js";
import { readPoint, type Writing } from "./points.js";
import { badField, readMessage } from "./read-message.js";
import type { WrittenPoint, WrittenPoints } from "./written-points.js";

export interface WriteOptions {
  readonly clock: LabClock;
  readonly clientId: string;
  readonly switches: GoogleHealthSwitches;
  readonly written: WrittenPoints;
  /** Told of every write that has been carried out. */
  onWritten(personId: string, changes: readonly Change[]): void;
}

/** One write that has been checked: what it does, and what its operation answers. */
interface Write {
  apply(): void;
  readonly response: object;
}

export interface Writes {
  create(view: View, type: DataType, request: LabHttpRequest): object;
  patch(view: View, type: DataType, id: string, request: LabHttpRequest): object;
  /** `typeId` is `-` for names of several types; `mayWrite` throws for a type whose scope was not granted. */
  batchDelete(view: View, typeId: string, request: LabHttpRequest, mayWrite: (type: DataType) => void): object;
  /** Puts a point there as another client of Google's API would have, or this one. Returns its name. */
  add(view: View, type: DataType, body: unknown, clientId: string): string;
  /** Carries out what was answered as pending. */
  finish(): void;
}

const ENTITY = "type.googleapis.com/google.devicesandservices.health.v4.DataPoint";
const EMPTY = "type.googleapis.com/google.protobuf.Empty";
const MOST_NAMES = 10_000;
const POINT_ID = /^[a-z0-9-]{4,63}$/;
const KEYS = DATA_TYPES.map(({ key }) => key);

export function createWrites({ clock, clientId, switches, written, onWritten }: WriteOptions): Writes {
  let pending: Write[] = [];
  let counter = 0;

  function operation({ apply, response }: Write): object {
    const name = `operations/${randomUUID()}`;
    if (switches.writes === "failed")
      return { name, done: true, error: { code: 13, message: "The data point could not be written." } };
    if (switches.writes === "pending") {
      pending.push({ apply, response });
      // `done` is false, which is a default.
      return { name };
    }
    apply();
    return { name, done: true, response };
  }

  /** Nineteen digits, like those of a session that the app has made. */
  function newId(): string {
    counter += 1;
    return `9${String(clock.now()).padStart(14, "0")}${String(counter).padStart(4, "0")}`;
  }

  function idOf(view: View, type: DataType, body: unknown): string {
    const name = (body as { name?: unknown } | null)?.name ?? "";
    if (typeof name !== "string") throw badField("data_point.name", "A string was expected.");
    if (name === "") return newId();
    const id = idIn(view, type.id, name);
    if (!POINT_ID.test(id)) throw badField("data_point.name", "The id must be 4 to 63 of a-z, 0-9 and -");
    if (switches.clientIdsReplaced) return newId();
    if (written.of(view.person.id).find(type.id, id))
      throw new RpcError("ALREADY_EXISTS", "Data point already exists.");
    return id;
  }

  function put(view: View, type: DataType, point: WrittenPoint, before: WrittenPoint | null): Write {
    const personId = view.person.id;
    return {
      response: { "@type": ENTITY, ...writtenOut(view, type, point) },
      apply() {
        written.put(personId, type.id, point);
        onWritten(personId, [changeOfWrite(view, type, before ? [before, point] : [point])]);
      },
    };
  }

  /** A point of this client. Those of devices, of the app and of other clients are only to be read. */
  function ownPoint(view: View, type: DataType, id: string): WrittenPoint {
    const point = written.of(view.person.id).find(type.id, id);
    if (point?.source === "self") return point;
    if (!point && !findOwn(view, type, id)) throw new RpcError("NOT_FOUND", "Requested entity was not found.");
    throw new RpcError("PERMISSION_DENIED", "The data point was not written by this client.", {
      reason: "RESOURCE_PERMISSION_DENIED",
    });
  }

  const writing = (view: View, id: string, before: WrittenPoint | null = null): Writing => {
    return { view, nowMs: clock.now(), clientId, source: "self", id, before };
  };

  return {
    create(view, type, request) {
      const body = bodyOf(request);
      const point = readPoint(type, body, KEYS, writing(view, idOf(view, type, body)));
      return operation(put(view, type, point, null));
    },
    patch(view, type, id, request) {
      const body = bodyOf(request);
      const before = ownPoint(view, type, id);
      const { name } = body as { name?: unknown };
      if (typeof name === "string" && name !== "" && idIn(view, type.id, name) !== id)
        throw badField("data_point.name", "The name does not match the path");
      return operation(put(view, type, readPoint(type, body, KEYS, writing(view, id, before)), before));
    },
    batchDelete(view, typeId, request, mayWrite) {
      const { names } = readMessage("BatchDeleteDataPointsRequest", bodyOf(request), "request") as { names: string[] };
      if (names.length === 0 || names.length > MOST_NAMES)
        throw badField("request.names", `between 1 and ${MOST_NAMES} names are possible`);
      const gone = [...new Set(names)].map((name) => {
        const [, , named] = /^users\/([^/]+)\/dataTypes\/([^/]+)\/dataPoints\/[^/]+$/.exec(name) ?? [];
        const type = DATA_TYPE_BY_ID.get(named ?? "");
        if (!type?.methods.has("batchDelete") || (typeId !== "-" && typeId !== type.id))
          throw badField("request.names", `${name} does not belong to the collection ${typeId}`);
        mayWrite(type);
        return { type, point: ownPoint(view, type, idIn(view, type.id, name)) };
      });
      return operation({
        response: { "@type": EMPTY },
        apply() {
          for (const { type, point } of gone) written.remove(view.person.id, type.id, point.id);
          onWritten(
            view.person.id,
            gone.map(({ type, point }) => deletion(view, type, point)),
          );
        },
      });
    },
    add(view, type, body, by) {
      const source = by === clientId ? "self" : "otherApp";
      const point = readPoint(type, body, KEYS, { ...writing(view, newId()), clientId: by, source });
      put(view, type, point, null).apply();
      return `users/${view.healthUserId}/dataTypes/${type.id}/dataPoints/${point.id}`;
    },
    finish() {
      const due = pending;
      pending = [];
      for (const { apply } of due) apply();
    },
  };
}

function bodyOf(request: LabHttpRequest): object {
  const json = request.json();
  if (typeof json !== "object" || json === null || Array.isArray(json))
    throw invalid(undefined, "Invalid JSON payload received. Expected an object.");
  return json;
}

/** The last part of a name, which must be one of this person and type. */
function idIn(view: View, typeId: string, name: string): string {
  const [, user, type, id] = /^users\/([^/]+)\/dataTypes\/([^/]+)\/dataPoints\/([^/]+)$/.exec(name) ?? [];
  if (!id || type !== typeId || (user !== "me" && user !== view.healthUserId))
    throw badField("data_point.name", `${name} is no name of a data point of this user and type`);
  return id;
}
