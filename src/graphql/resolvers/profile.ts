import type { GraphQLResolveInfo } from "graphql";
import { Ctx, FieldResolver, Float, Info, Resolver, Root } from "type-graphql";
import type { Profile } from "../../health-data/views.js";
import type { RequestContext } from "../context.js";
import { MissingFieldType } from "../types/history.js";
import { ProfileType } from "../types/profile.js";
import { type LengthUnit, lengthIn, type MassUnit, massIn } from "../units.js";
import { MISSING, MissingFields, missingOf } from "./missing.js";
import { InLength, InMass } from "./units.js";

@Resolver(() => ProfileType)
export class ProfileResolver {
  @FieldResolver(() => Float, { nullable: true, description: "Body height." })
  height(@Root() profile: Profile, @InLength("CENTIMETER") unit: LengthUnit) {
    return lengthIn(profile.height, unit);
  }

  @FieldResolver(() => Float, { nullable: true, description: "Body weight, as entered in the profile." })
  weight(@Root() profile: Profile, @InMass("KILOGRAM") unit: MassUnit) {
    return massIn(profile.weight, unit);
  }

  @FieldResolver(() => [MissingFieldType], { description: MISSING })
  missing(
    @Root() profile: Profile,
    @MissingFields() fields: string[] | null,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ) {
    return missingOf(profile, fields, context, info);
  }
}
