/** @type {import('jest').Config} */
export default {
  testEnvironment: "node",
  roots: ["<rootDir>/src", "<rootDir>/test"],
  testMatch: ["**/*.test.ts"],
  // The clients' own packages, which are no concern of these suites.
  modulePathIgnorePatterns: ["<rootDir>/test/clients/node_modules"],
  extensionsToTreatAsEsm: [".ts"],
  moduleNameMapper: { "^(\\.{1,2}/.*)\\.js$": "$1" },
  transform: {
    "^.+\\.ts$": [
      "@swc/jest",
      {
        jsc: {
          parser: { syntax: "typescript", decorators: true },
          transform: { legacyDecorator: true, useDefineForClassFields: true },
          target: "es2022",
        },
        module: { type: "es6" },
      },
    ],
  },
  // All cores: the usual "all but one" leaves half of a small machine idle.
  maxWorkers: "100%",
  // For a machine that is busy with much else: a test that hangs is found a little later, and no other one fails.
  testTimeout: 300_000,
};
