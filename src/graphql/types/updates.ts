import { ID, Int, ObjectType } from "type-graphql";
import type { BackfillJob, DataUpdate } from "../../events/updates.js";
import { DateTimeScalar, LocalDateScalar } from "../scalars.js";
import { DomainEnum, JobStatusEnum, ProviderIdEnum, UpdateOriginEnum } from "./enums.js";
import { field, nullableField } from "./field.js";

@ObjectType("BackfillJob", { description: "History being fetched in the background.", simpleResolvers: true })
export class BackfillJobType implements Omit<BackfillJob, "userId"> {
  @field(() => ID, "Opaque; for `backfillProgress`.") readonly id!: BackfillJob["id"];
  @field(() => JobStatusEnum, "How far it is.") readonly status!: BackfillJob["status"];
  @field(() => Int, "Days fetched.") readonly daysDone!: BackfillJob["daysDone"];
  @field(() => Int, "Days to fetch in all.") readonly daysTotal!: BackfillJob["daysTotal"];
  @nullableField(() => DateTimeScalar, "Set while the job waits for the provider's rate limit.")
  readonly resumesAt!: BackfillJob["resumesAt"];
}

@ObjectType("DataUpdate", {
  description: "New data has reached the gateway: ask for the days that it names.",
  simpleResolvers: true,
})
export class DataUpdateType implements Omit<DataUpdate, "userId"> {
  @field(() => ProviderIdEnum, "Whose data.") readonly provider!: DataUpdate["provider"];
  @field(() => DomainEnum, "Of what kind.") readonly domain!: DataUpdate["domain"];
  @field(() => [LocalDateScalar], "Of which days.") readonly dates!: DataUpdate["dates"];
  @field(() => DateTimeScalar, "When the gateway heard of it.") readonly receivedAt!: DataUpdate["receivedAt"];
  @field(() => UpdateOriginEnum, "Whether it is news or history.") readonly origin!: DataUpdate["origin"];
}
