/**
 * One replica in a process of its own: reads the same person many times at once, and says how each reading ended.
 * Started by tests with the gateway's environment; prints one line of JSON.
 */
import { readConfig } from "../../src/config/read-config.js";
import { createGateway } from "../../src/gateway.js";
import { createLogger } from "../../src/log.js";
import { providers } from "../../src/providers/index.js";
import { plainRequest } from "./plain-request.js";

const [userId = "", times = "1"] = process.argv.slice(2);
const config = readConfig(process.env, { providers });
const gateway = await createGateway({ config, log: createLogger({ level: "silent" }) });
const readings = Array.from({ length: Number(times) }, async (_, index) => {
  const [answer] = await gateway.healthData.session(plainRequest).load([
    {
      userId,
      domain: "ACTIVITY",
      // Each its own days, so that none is spared by another's call.
      range: { from: `2026-0${1 + (index % 9)}-${10 + Math.floor(index / 9)}`, to: null },
      fields: new Set(["activity.steps"]),
      providers: null,
      alternatives: false,
      goalProgress: false,
    },
  ]);
  return answer && "sources" in answer ? answer.sources.map(({ status }) => status) : ["ERROR"];
});
const statuses = (await Promise.all(readings)).flat();
await gateway.close();
process.stdout.write(`${JSON.stringify(statuses)}\n`);
