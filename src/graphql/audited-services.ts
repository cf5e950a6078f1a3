import type { Actor, AuditAction, AuditLog } from "../audit/log.js";
import { endedWith } from "../events/ended-with.js";
import type { ProviderId } from "../providers/index.js";
import type { Caller } from "./caller.js";
import type { Services } from "./services.js";

export function actorOf(caller: Caller): Actor {
  const key = caller.kind === "app" ? caller.name : caller.appKey;
  return key === undefined ? "user" : `app:${key}`;
}

/**
 * The services, with a line in the audit log after each action in somebody's name. A person who reads their own data
 * leaves no line; anybody else who reads them does, and so does an agent that they let ask. This file is here because `audit/` is a lower layer than everything
 * that it records.
 */
export function auditedServices(
  services: Services,
  audit: AuditLog,
  actor: Actor,
  agent: string | null = null,
): Services {
  const { connections, subscriptions, backfills, healthData, recorder, updates } = services;

  const noted =
    <I extends { readonly userId: string; readonly provider?: ProviderId }, O>(
      action: AuditAction,
      work: (input: I) => Promise<O>,
    ) =>
    async (input: I): Promise<O> => {
      const result = await work(input);
      await audit.record({ actor, action, userId: input.userId, provider: input.provider });
      return result;
    };
  /** Of an action that is about nobody. */
  const line =
    <A extends unknown[], O>(action: AuditAction, work: (...given: A) => Promise<O>) =>
    async (...given: A): Promise<O> => {
      const result = await work(...given);
      await audit.record({ actor, action, userId: null });
      return result;
    };
  const read = (userId: string) => {
    if (actor !== "user" || agent !== null) audit.noteRead(actor, userId, agent);
  };

  /** Events of all people are each noted when they are told. */
  const heard = <T extends { readonly userId: string }>(userId: string | null, events: AsyncIterableIterator<T>) => {
    if (userId !== null) {
      read(userId);
      return events;
    }
    async function* told() {
      for await (const event of events) {
        read(event.userId);
        yield event;
      }
    }
    return endedWith(events, told());
  };

  return {
    ...services,
    connections: {
      ...connections,
      begin: noted("connect", connections.begin),
      disconnect: noted("disconnect", connections.disconnect),
      importConnection: noted("import", connections.importConnection),
      confirm: async (userId, handle) => {
        const connection = await connections.confirm(userId, handle);
        await audit.record({ actor, action: "confirm", userId, provider: connection.provider });
        return connection;
      },
      setSourcePriority: async (userId, providers) => {
        const order = await connections.setSourcePriority(userId, providers);
        await audit.record({ actor, action: "set-priority", userId });
        return order;
      },
      list: (userId) => {
        read(userId);
        return connections.list(userId);
      },
      page: async (asked) => {
        const page = await connections.page(asked);
        for (const { userId } of page.nodes) read(userId);
        return page;
      },
    },
    subscriptions: {
      subscribe: noted("subscribe", subscriptions.subscribe),
      unsubscribe: noted("unsubscribe", subscriptions.unsubscribe),
    },
    backfills: { ...backfills, start: noted("backfill", backfills.start) },
    recorder: {
      record: noted("record", recorder.record),
      remove: async (asked) => {
        const done = await recorder.remove(asked);
        await audit.record({ actor, action: "delete-record", userId: asked.userId, provider: done.provider });
        return done;
      },
    },
    eraseUser: async (userId) => {
      await services.eraseUser(userId);
      await audit.record({ actor, action: "delete", userId });
    },
    healthData: {
      session: (request) => {
        const session = healthData.session(request);
        return {
          report: () => session.report(),
          load: (asks) => {
            // A dry run answers no data.
            if (!request.dryRun) for (const userId of new Set(asks.map((ask) => ask.userId))) read(userId);
            return session.load(asks);
          },
        };
      },
    },
    outbound: {
      ...services.outbound,
      create: line("webhook-create", services.outbound.create),
      remove: line("webhook-delete", services.outbound.remove),
      enable: line("webhook-enable", services.outbound.enable),
      rotate: line("webhook-rotate-secret", services.outbound.rotate),
      replay: line("webhook-replay", services.outbound.replay),
    },
    updates: {
      data: (userId) => heard(userId, updates.data(userId)),
      connections: (userId) => heard(userId, updates.connections(userId)),
    },
  };
}
