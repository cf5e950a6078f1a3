import { ID, ObjectType } from "type-graphql";
import { field } from "./field.js";

export interface User {
  readonly id: string;
}

@ObjectType("User", {
  description:
    "A user of the app, with the data of the connected providers. A history is null only when `errors` says why, so that one wrong argument does not affect the other histories.",
  simpleResolvers: true,
})
export class UserType implements User {
  @field(() => ID, "The app's own identifier of the user.") readonly id!: User["id"];
}
