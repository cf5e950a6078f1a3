/** One wrong change, and the suites that should notice it. */
export interface Mutation {
  readonly file: string;
  /** What would be wrong, in words. */
  readonly says: string;
  /** Stands in the file exactly once. */
  readonly find: string;
  readonly replace: string;
  readonly suites: readonly string[];
  /** Why nobody can tell the changed code from the right one. */
  readonly equal?: string;
}

type Change = readonly [says: string, find: string, replace: string, equal?: string];
export const of = (file: string, suites: readonly string[], changes: readonly Change[]): readonly Mutation[] =>
  changes.map(([says, find, replace, equal]) => ({ file, says, find, replace, suites, equal }));
