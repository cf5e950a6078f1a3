/** A reporter for node's test runner: how many tests there were, in the words of jest's report. */
export default async function* counts(events) {
  let [numPassedTests, numFailedTests] = [0, 0];
  for await (const { type, data } of events) {
    if (data?.details?.type === "suite") continue;
    if (type === "test:pass") numPassedTests++;
    if (type === "test:fail") numFailedTests++;
  }
  // A suite that ran nothing has not passed.
  yield JSON.stringify({ numPassedTests, numFailedTests, numRuntimeErrorTestSuites: numPassedTests === 0 ? 1 : 0 });
}
