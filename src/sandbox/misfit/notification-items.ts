import type { SyncEvent } from "../kit/index.js";
import { person as personOf } from "../people/index.js";
import { misfitUserId, timeOf } from "./ids.js";
import type { MisfitObjects } from "./objects.js";
import { deviceOf } from "./profile.js";
import type { MisfitSwitches } from "./switches.js";

export const notificationTypes = ["goals", "profiles", "devices", "sessions", "sleeps"] as const;
export type NotificationType = (typeof notificationTypes)[number];
export type NotificationAction = "created" | "updated" | "deleted";

/** One entry of a notification's list: which object moved, and nothing about how. */
export interface NotificationItem {
  /** One of `notificationTypes`, but for faults. */
  readonly type: string;
  readonly action: NotificationAction;
  readonly id: string;
  readonly ownerId: string;
  readonly updatedAt: string;
}

export type Change = Omit<NotificationItem, "updatedAt" | "type"> & { readonly type: NotificationType };

/** What a sync of the tracker moved, as Misfit tells it: there is no type for summaries, a day's goal stands for them. */
export function changesOfSync(event: SyncEvent, objects: MisfitObjects, switches: MisfitSwitches): Change[] {
  const person = personOf(event.personId);
  const ownerId = misfitUserId(person.id);
  const first = event.dates[0];
  const last = event.dates.at(-1);
  const device = deviceOf(person, event.untilMs, switches);
  if (first === undefined || last === undefined || !device) {
    return [];
  }
  const created = (type: NotificationType, id: string, isNew: boolean): Change => ({
    type,
    action: isNew ? "created" : "updated",
    id,
    ownerId,
  });
  const goals = objects.list("goals", person, first, last);
  const sessions = objects.list("sessions", person, first, last).filter(({ startTime, duration }) => {
    return Date.parse(startTime) + duration * 1000 > event.fromMs;
  });
  // The id's time is the end, whatever the switches make of the record.
  const sleeps = objects.list("sleeps", person, first, last).filter(({ id }) => (timeOf(id) ?? 0) > event.fromMs);
  return [
    ...goals.map(({ id }) => created("goals", id, (timeOf(id) ?? 0) >= event.fromMs)),
    ...sessions.map(({ id }) => created("sessions", id, true)),
    ...sleeps.map(({ id }) => created("sleeps", id, true)),
    created("devices", device.id, false),
  ];
}

/** All three spellings occurred; a list mixes them. */
export function updatedAt(nowMs: number, index: number): string {
  const iso = new Date(nowMs).toISOString();
  const seconds = iso.slice(0, 19);
  return [`${seconds}Z`, iso, `${seconds.replace("T", " ")} UTC`][index % 3] ?? iso;
}
