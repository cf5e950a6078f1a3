import { Int, ObjectType } from "type-graphql";
import type { ProviderView } from "../provider-view.js";
import { DomainEnum, ProviderIdEnum, ProviderStatusEnum } from "./enums.js";
import { field, nullableField } from "./field.js";

@ObjectType("Provider", { description: "A wearable provider that this gateway supports.", simpleResolvers: true })
export class ProviderType implements ProviderView {
  @field(() => ProviderIdEnum, "Identifier, as used in arguments.") readonly id!: ProviderView["id"];
  @field(() => String, "Name to show to people.") readonly name!: ProviderView["name"];
  @field(() => ProviderStatusEnum, "Whether the provider can be used in this gateway.")
  readonly status!: ProviderView["status"];
  @field(() => [DomainEnum], "The kinds of data that it can deliver.") readonly domains!: ProviderView["domains"];
  @nullableField(
    () => Int,
    "Requests per hour that the provider allows for one connection. Null when it publishes no hourly limit.",
  )
  readonly hourlyRequestLimit!: ProviderView["hourlyRequestLimit"];
}
