import { FieldResolver, Float, Resolver, Root } from "type-graphql";
import type { Profile } from "../../health-data/views.js";
import { ProfileType } from "../types/profile.js";
import { type LengthUnit, lengthIn, type MassUnit, massIn } from "../units.js";
import { MISSING, Missing } from "./missing.js";
import { InLength, InMass } from "./units.js";

@Resolver(() => ProfileType)
@Missing(MISSING)
export class ProfileResolver {
  @FieldResolver(() => Float, { nullable: true, description: "Body height." })
  height(@Root() profile: Profile, @InLength("CENTIMETER") unit: LengthUnit) {
    return lengthIn(profile.height, unit);
  }

  @FieldResolver(() => Float, { nullable: true, description: "Body weight, as entered in the profile." })
  weight(@Root() profile: Profile, @InMass("KILOGRAM") unit: MassUnit) {
    return massIn(profile.weight, unit);
  }
}
