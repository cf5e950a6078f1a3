import { ID, ObjectType } from "type-graphql";
import { field } from "./field.js";

export interface User {
  readonly id: string;
}

@ObjectType("User", {
  description:
    "The histories are null only together with an error, so that one bad argument takes nothing from the others.",
  simpleResolvers: true,
})
export class UserType implements User {
  @field(() => ID, "The app's own id of the user.") readonly id!: User["id"];
}
