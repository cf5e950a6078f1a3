import { type Mutation, of } from "./mutation.js";
export const mapperMutations: readonly Mutation[] = [];
