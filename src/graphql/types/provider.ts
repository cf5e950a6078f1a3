import { Int, ObjectType } from "type-graphql";
import type { ProviderView } from "../provider-view.js";
import { DomainEnum, ProviderIdEnum, ProviderStatusEnum } from "./enums.js";
import { field, nullableField } from "./field.js";

@ObjectType("Provider", { description: "A wearable provider that the gateway knows.", simpleResolvers: true })
export class ProviderType implements ProviderView {
  @field(() => ProviderIdEnum, "Its name in arguments.") readonly id!: ProviderView["id"];
  @field(() => String, "Its name for people.") readonly name!: ProviderView["name"];
  @field(() => ProviderStatusEnum, "Whether it can be used here.") readonly status!: ProviderView["status"];
  @field(() => [DomainEnum], "What it can deliver.") readonly domains!: ProviderView["domains"];
  @nullableField(() => Int, "Requests that one user's connection may cost per hour, where the provider publishes it.")
  readonly hourlyRequestLimit!: ProviderView["hourlyRequestLimit"];
}
