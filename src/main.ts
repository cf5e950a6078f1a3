import { ConfigError } from "./config/config.js";
import { createLogger } from "./log.js";
import { type Serving, serve } from "./serve.js";

let serving: Serving | null = null;
try {
  serving = await serve(process.env);
} catch (error) {
  if (error instanceof ConfigError) process.stderr.write(`${error.message}\n`);
  else createLogger({ level: "fatal" }).fatal({ err: error }, "Pulsegate could not start");
  process.exitCode = 1;
}

if (serving) {
  const stop = (signal: NodeJS.Signals) => {
    serving?.gateway.log.info({ signal }, "stopping");
    // A second signal ends it at once.
    for (const name of ["SIGINT", "SIGTERM"] as const) process.removeListener(name, stop);
    void serving?.close();
  };
  process.on("SIGINT", stop).on("SIGTERM", stop);
}
