import { Arg, FieldResolver, ID, Resolver, Root, Subscription } from "type-graphql";
import type { Connection } from "../../connections/connection.js";
import { PulsegateError } from "../../errors.js";
import { endedWith } from "../../events/ended-with.js";
import type { BackfillJob, DataUpdate } from "../../events/updates.js";
import type { Domain } from "../../model/records.js";
import type { ProviderId } from "../../providers/index.js";
import { type Caller, usersOf } from "../caller.js";
import type { RequestContext } from "../context.js";
import { ConnectionType } from "../types/connection.js";
import { DomainEnum, ProviderIdEnum } from "../types/enums.js";
import { BackfillJobType, DataUpdateType } from "../types/updates.js";
import { type User, UserType } from "../types/user.js";

const ForUser = () =>
  Arg("userId", () => ID, {
    nullable: true,
    description: "The app's own identifier of the user. With an app key and without it: all users.",
  });

interface DataFilter {
  readonly userId?: string | null;
  readonly providers?: readonly ProviderId[] | null;
  readonly domains?: readonly Domain[] | null;
}
/** What type-graphql passes to `subscribe`. Its own type knows neither arguments nor context. */
interface Subscribing<A> {
  readonly args: A;
  readonly context: RequestContext;
}
const subscribing = <A>(start: (given: Subscribing<A>) => unknown) => start as never;

@Resolver()
export class SubscriptionResolver {
  @Subscription(() => DataUpdateType, {
    subscribe: subscribing<DataFilter>(({ args, context: { caller, services } }) =>
      matching(services.updates.data(usersOf(caller, args.userId)), (update) => fits(update, args)),
    ),
    description:
      "Sends an event when data of the viewer has changed; with an app key, data of `userId`, or of any user without it. A client that reads too slowly is disconnected.",
  })
  dataUpdated(
    @Root() update: DataUpdate,
    @ForUser() _userId: string | null,
    @Arg("providers", () => [ProviderIdEnum], {
      nullable: true,
      description: "Only events of these providers. Default: all.",
    })
    _providers: ProviderId[] | null,
    @Arg("domains", () => [DomainEnum], {
      nullable: true,
      description: "Only events of these kinds of data. Default: all.",
    })
    _domains: Domain[] | null,
  ): DataUpdate {
    return update;
  }

  @Subscription(() => ConnectionType, {
    subscribe: subscribing<{ userId?: string | null }>(({ args, context: { caller, services } }) =>
      services.updates.connections(usersOf(caller, args.userId)),
    ),
    description:
      "Sends the connection when it is made, confirmed, lost or ended. With an app key and without `userId`: the connections of all users.",
  })
  connectionChanged(@Root() connection: Connection, @ForUser() _userId: string | null): Connection {
    return connection;
  }

  @Subscription(() => BackfillJobType, {
    subscribe: subscribing<{ jobId: string }>(async ({ args, context: { caller, services } }) => {
      const job = await services.backfills.get(args.jobId);
      if (!job || !mayFollow(caller, job)) throw new PulsegateError("BAD_USER_INPUT", "There is no such job.");
      return services.backfills.watch(job.id);
    }),
    description: "Sends the state of a backfill job: now, then at each change until it is DONE or FAILED.",
  })
  backfillProgress(
    @Root() job: BackfillJob,
    @Arg("jobId", () => ID, { description: "Identifier of the job, from `backfill` or `backfillJobs`." })
    _jobId: string,
  ): BackfillJob {
    return job;
  }
}

@Resolver(() => DataUpdateType)
export class DataUpdateResolver {
  @FieldResolver(() => UserType, { description: "The user whose data has changed. Query the histories here." })
  user(@Root() update: DataUpdate): User {
    return { id: update.userId };
  }
}

/** A job of somebody else is answered like no job, so that its id does not reveal that it exists. */
const mayFollow = (caller: Caller, job: BackfillJob) => caller.kind === "app" || caller.userId === job.userId;

const fits = (update: DataUpdate, { providers, domains }: DataFilter) =>
  (!providers || providers.includes(update.provider)) && (!domains || domains.includes(update.domain));

function matching<T>(source: AsyncIterableIterator<T>, accepts: (value: T) => boolean): AsyncIterableIterator<T> {
  async function* accepted() {
    for await (const value of source) if (accepts(value)) yield value;
  }
  return endedWith(source, accepted());
}
