import { randomBytes, randomUUID } from "node:crypto";
import type { LabClock } from "../lab.js";

/** One endpoint of one topic. It gets nothing but its confirmation until somebody fetched `SubscribeURL`. */
export interface Subscription {
  readonly topicArn: string;
  readonly arn: string;
  readonly url: string;
  readonly token: string;
  readonly createdMs: number;
  confirmed: boolean;
}

export interface Subscriptions {
  readonly all: readonly Subscription[];
  /** The topic's subscription for this address: the one there is, or a new one. */
  add(topicArn: string, url: string): Subscription;
  clear(): void;
  /** Null if the token fits no topic or has lapsed. A token can be used again: that changes nothing. */
  confirm(topicArn: string, token: string): Subscription | null;
  /** With a new token, whose link would bring it back. */
  remove(arn: string): Subscription | null;
}

const newToken = () => randomBytes(128).toString("hex");

/** SNS says "two to three days". */
const TOKEN_LIFE_MS = 3 * 86_400_000;

export function createSubscriptions(clock: LabClock): Subscriptions {
  let all: Subscription[] = [];
  const removed = new Map<string, Subscription>();

  const fits = (topicArn: string, token: string) => (subscription: Subscription) =>
    subscription.topicArn === topicArn &&
    subscription.token === token &&
    clock.now() - subscription.createdMs <= TOKEN_LIFE_MS;

  return {
    get all() {
      return all;
    },
    add(topicArn, url) {
      const present = all.find((subscription) => subscription.topicArn === topicArn && subscription.url === url);
      if (present) {
        return present;
      }
      const subscription: Subscription = {
        topicArn,
        url,
        arn: `${topicArn}:${randomUUID()}`,
        token: newToken(),
        createdMs: clock.now(),
        confirmed: false,
      };
      all = [...all, subscription];
      return subscription;
    },
    clear() {
      all = [];
    },
    confirm(topicArn, token) {
      const subscription = all.find(fits(topicArn, token)) ?? [...removed.values()].find(fits(topicArn, token));
      if (!subscription) {
        return null;
      }
      if (removed.delete(subscription.arn)) {
        all = [...all, subscription];
      }
      subscription.confirmed = true;
      return subscription;
    },
    remove(arn) {
      const subscription = all.find((each) => each.arn === arn);
      if (!subscription) {
        return null;
      }
      all = all.filter((each) => each !== subscription);
      const ended = { ...subscription, token: newToken(), createdMs: clock.now(), confirmed: false };
      removed.set(arn, ended);
      return ended;
    },
  };
}
