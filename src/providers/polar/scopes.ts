export const scopes = {
  /** The only one. */
  all: "accesslink.read_all",
} as const;
