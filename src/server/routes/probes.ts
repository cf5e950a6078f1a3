import { type RequestHandler, Router } from "express";
import type { Registry } from "prom-client";
import { type Check, createReadiness } from "../readiness.js";

/** What the operator's machines ask: whether it lives, whether it is ready, and its metrics. */
export function probes({
  checks,
  registry,
  isPrepared,
  isDraining,
}: {
  readonly checks: Readonly<Record<string, Check>>;
  readonly registry: Registry;
  isPrepared(): boolean;
  isDraining(): boolean;
}): RequestHandler {
  const look = createReadiness(checks);
  const routes = Router();
  routes.get("/healthz", (_request, response) => void response.json({ status: "alive" }));
  routes.get("/readyz", async (_request, response) => {
    const results = await look();
    const prepared = isPrepared();
    const ready = prepared && Object.values(results).every((result) => result === "ok");
    // After the look: who asked while it began to drain is told so.
    const status = isDraining() ? "draining" : !prepared ? "starting" : ready ? "ready" : "not ready";
    response.status(status === "ready" ? 200 : 503).json({ status, ...results });
  });
  routes.get("/metrics", async (_request, response) => {
    response.type(registry.contentType).send(await registry.metrics());
  });

  return routes;
}
