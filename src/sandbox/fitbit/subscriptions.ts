import { errorBody, FitbitError, fail, invalid } from "./errors.js";

/** What a subscription is for; `user` means all collections at once. */
export type Collection = "activities" | "body" | "foods" | "sleep" | "userRevokedAccess" | "user";

export interface Subscription {
  readonly collectionType: Collection;
  readonly ownerId: string;
  readonly ownerType: "user";
  readonly subscriberId: string;
  readonly subscriptionId: string;
}

const NEEDED_SCOPES: Readonly<Record<Collection, readonly string[]>> = {
  activities: ["activity"],
  body: ["weight"],
  foods: ["nutrition"],
  sleep: ["sleep"],
  userRevokedAccess: [],
  user: ["activity", "nutrition", "profile", "settings", "sleep", "weight"],
};
const ID_LENGTH = 50;

/** Without a collection in the path, all of them are meant. */
export function readCollection(text: string | undefined): Collection {
  if (text === undefined) return "user";
  if (text === "user" || !Object.hasOwn(NEEDED_SCOPES, text)) {
    throw invalid("collection", `Invalid collection: ${text}`);
  }
  return text as Collection;
}

/** The subscriptions of one app. They survive a new consent of the same person, but not a withdrawn one. */
export class SubscriptionBook {
  #all: Subscription[] = [];

  constructor(readonly subscribers: readonly string[]) {}

  get all(): readonly Subscription[] {
    return this.#all;
  }

  /** 201, or 200 if it exists already. A conflict throws a 409 with the subscription that is in the way. */
  create(
    ownerId: string,
    collection: Collection,
    subscriptionId: string,
    by: { readonly subscriberId: string | undefined; readonly scopes: ReadonlySet<string> },
  ): { readonly status: 200 | 201; readonly body: Subscription } {
    const subscriberId = this.#subscriber(by.subscriberId);
    const lacking = NEEDED_SCOPES[collection].find((scope) => !by.scopes.has(scope));
    if (lacking !== undefined) {
      const message = `This application does not have permission to access ${lacking} data.`;
      throw fail(403, "insufficient_scope", message);
    }
    if (subscriptionId.length > ID_LENGTH) throw invalid("subscription-id", "The subscription id is too long.");
    const sameStream = (one: Subscription) =>
      one.ownerId === ownerId && one.collectionType === collection && one.subscriberId === subscriberId;
    const existing = this.#all.find((one) => sameStream(one) || one.subscriptionId === subscriptionId);
    if (existing && sameStream(existing) && existing.subscriptionId === subscriptionId) {
      return { status: 200, body: existing };
    }
    if (existing) throw new FitbitError(409, existing);
    const created = { collectionType: collection, ownerId, ownerType: "user" as const, subscriberId, subscriptionId };
    this.#all.push(created);
    return { status: 201, body: created };
  }

  remove(ownerId: string, collection: Collection, subscriptionId: string): void {
    const found = this.#all.find(
      (one) => one.ownerId === ownerId && one.collectionType === collection && one.subscriptionId === subscriptionId,
    );
    if (!found) throw new FitbitError(404, errorBody("not_found", "Subscription not found", "subscription-id"));
    this.#all = this.#all.filter((one) => one !== found);
  }

  list(ownerId: string, collection: Collection): Subscription[] {
    const own = this.#all.filter((one) => one.ownerId === ownerId);
    return collection === "user" ? own : own.filter((one) => one.collectionType === collection);
  }

  /** Who hears of something: "all collections" hears of everything, beside a subscription for just that. */
  hearing(ownerId: string, collection: string): Subscription[] {
    return this.list(ownerId, "user").filter(
      ({ collectionType }) => collectionType === collection || collectionType === "user",
    );
  }

  forget(ownerId: string): void {
    this.#all = this.#all.filter((one) => one.ownerId !== ownerId);
  }

  #subscriber(wanted: string | undefined): string {
    const id = wanted ?? this.subscribers[0] ?? "1";
    if (!this.subscribers.includes(id)) throw invalid("X-Fitbit-Subscriber-Id", `Unknown subscriber: ${id}`);
    return id;
  }
}
