import { type Mutation, of } from "./mutation.js";
export const accountMutations: readonly Mutation[] = [];
