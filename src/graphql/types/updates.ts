import { ID, Int, ObjectType } from "type-graphql";
import type { BackfillJob, DataUpdate } from "../../events/updates.js";
import { DateTimeScalar, LocalDateScalar } from "../scalars.js";
import { DomainEnum, JobStatusEnum, ProviderIdEnum, UpdateOriginEnum } from "./enums.js";
import { field, nullableField } from "./field.js";

@ObjectType("BackfillJob", {
  description: "A background job that fetches past data into the gateway.",
  simpleResolvers: true,
})
export class BackfillJobType implements Omit<BackfillJob, "userId"> {
  @field(() => ID, "Opaque identifier, for `backfillProgress`.") readonly id!: BackfillJob["id"];
  @field(() => JobStatusEnum, "State of the job.") readonly status!: BackfillJob["status"];
  @field(() => Int, "Number of days fetched so far.") readonly daysDone!: BackfillJob["daysDone"];
  @field(() => Int, "Number of days to fetch in total.") readonly daysTotal!: BackfillJob["daysTotal"];
  @nullableField(() => DateTimeScalar, "When the job continues. Set only while it waits for the provider's rate limit.")
  readonly resumesAt!: BackfillJob["resumesAt"];
}

@ObjectType("DataUpdate", {
  description: "Event: data of a user has changed. Query the days that it names.",
  simpleResolvers: true,
})
export class DataUpdateType implements Omit<DataUpdate, "userId"> {
  @field(() => ProviderIdEnum, "The provider of the data.") readonly provider!: DataUpdate["provider"];
  @field(() => DomainEnum, "The kind of data.") readonly domain!: DataUpdate["domain"];
  @field(
    () => [LocalDateScalar],
    "The local days that changed. Empty when the data is not filed by day, or the provider did not name the days.",
  )
  readonly dates!: DataUpdate["dates"];
  @field(() => DateTimeScalar, "When the gateway learned of the change.")
  readonly receivedAt!: DataUpdate["receivedAt"];
  @field(() => UpdateOriginEnum, "Whether the provider reported the change or a backfill fetched it.")
  readonly origin!: DataUpdate["origin"];
}
