/** What the files for a cluster and for replicas behind a proxy promise, as far as it can be checked without running them. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseAllDocuments, parse as parseYaml } from "yaml";
import { readConfig } from "../src/config/read-config.js";
import { allVariables } from "../src/config/variables.js";
import { providers } from "../src/providers/index.js";
import { GRACE_MS } from "../src/server/server.js";
import type { Anything } from "./support/served.js";

const root = new URL("..", import.meta.url).pathname;
const read = (path: string) => readFileSync(root + path, "utf8");
const variables = new Map(allVariables(providers).map((variable) => [variable.name, variable]));

const folder = "deploy/kubernetes/";
const files = readdirSync(root + folder);
const objects: readonly Anything[] = files.flatMap((file) =>
  parseAllDocuments(read(folder + file), { strict: true, uniqueKeys: true }).map((document) => {
    expect(document.errors).toEqual([]);
    return document.toJS();
  }),
);
const only = (kind: string): Anything => {
  const found = objects.filter((each) => each.kind === kind);
  expect([kind, found.length]).toEqual([kind, 1]);
  return found[0];
};
const deployment = () => only("Deployment").spec;
const pod = () => deployment().template.spec;
const container = (): Anything => {
  expect(pod().containers).toHaveLength(1);
  return pod().containers[0];
};
const settings = (): Record<string, string> => only("ConfigMap").data;

describe("deploy/kubernetes", () => {
  test("has what a deployment takes, under one name and one label, and no secret", () => {
    expect(objects.map(({ kind }) => kind).sort()).toEqual([
      ...["ConfigMap", "Deployment", "HorizontalPodAutoscaler", "NetworkPolicy", "PodDisruptionBudget", "Service"],
    ]);
    for (const { kind, metadata } of objects)
      expect([kind, metadata]).toEqual([
        kind,
        { name: "pulsegate", labels: { "app.kubernetes.io/name": "pulsegate" } },
      ]);
    const label = { "app.kubernetes.io/name": "pulsegate" };
    expect(deployment().template.metadata.labels).toEqual(label);
    for (const selector of [
      deployment().selector.matchLabels,
      only("Service").spec.selector,
      only("PodDisruptionBudget").spec.selector.matchLabels,
      only("NetworkPolicy").spec.podSelector.matchLabels,
      pod().topologySpreadConstraints[0].labelSelector.matchLabels,
    ])
      expect(selector).toEqual(label);
    expect(only("HorizontalPodAutoscaler").spec.scaleTargetRef).toMatchObject({
      kind: "Deployment",
      name: "pulsegate",
    });
    // Who scales says how many; each update would else set it back.
    expect(deployment()).not.toHaveProperty("replicas");
  });

  test("names variables that there are; secrets by reference, and what is no secret as it is", () => {
    const plain = Object.keys(settings());
    const secret = container().env.map(({ name, value, valueFrom }: Anything) => {
      expect([name, value, valueFrom?.secretKeyRef?.name, valueFrom?.secretKeyRef?.key]).toEqual([
        name,
        undefined,
        "pulsegate",
        name,
      ]);
      return name;
    });
    for (const name of [...plain, ...secret]) expect([name, variables.has(name)]).toEqual([name, true]);
    for (const name of plain) {
      expect([name, variables.get(name)!.secret ?? false]).toEqual([name, false]);
      // Addresses with passwords in them are not marked: their hosts are told in the log.
      expect(["STORE_URL", "REDIS_URL"]).not.toContain(name);
    }
    expect(container().envFrom).toEqual([{ configMapRef: { name: "pulsegate" } }]);
    expect(read(`${folder}deployment.yaml`)).not.toMatch(/kind: Secret|stringData/);
    for (const name of ["STORE_URL", "REDIS_URL", "ENCRYPTION_KEYS"])
      expect(
        container().env.find((each: Anything) => each.name === name).valueFrom.secretKeyRef.optional,
      ).toBeUndefined();
  });

  test("is a configuration that starts, once the secrets are there", () => {
    const config = readConfig(
      {
        ...{ NODE_ENV: "production", HOST: "0.0.0.0", ...settings() },
        ...{ STORE_URL: "postgres://u:p@db/pulsegate", REDIS_URL: "redis://r:6379" },
        ENCRYPTION_KEYS: Buffer.alloc(32, 7).toString("base64"),
        ...{ GOOGLE_HEALTH_CLIENT_ID: "id", GOOGLE_HEALTH_CLIENT_SECRET: "secret" },
      },
      { providers },
    );
    expect(config.notices).toEqual([]);
    expect(config.drainSeconds).toBe(10);
  });

  test("asks the right doors, and is told to stop in time", () => {
    const { startupProbe, readinessProbe, livenessProbe, ports, lifecycle } = container();
    const doors = [startupProbe, readinessProbe, livenessProbe].map(({ httpGet }) => httpGet);
    expect(doors).toEqual(["/healthz", "/readyz", "/healthz"].map((path) => ({ path, port: "http" })));
    const image = /^\s+PORT=(\d+)/m.exec(read("Dockerfile"))![1];
    expect(ports).toEqual([{ name: "http", containerPort: Number(image) }]);
    expect(only("Service").spec.ports).toMatchObject([{ targetPort: "http" }]);
    // The gateway drains by itself: what comes before SIGTERM would only come on top.
    expect(lifecycle).toBeUndefined();
    const drain = Number(settings()["DRAIN_SECONDS"]);
    const noticed = readinessProbe.periodSeconds * readinessProbe.failureThreshold + readinessProbe.timeoutSeconds;
    expect(noticed).toBeLessThan(drain);
    const closing = 5;
    expect(pod().terminationGracePeriodSeconds).toBeGreaterThan(drain + GRACE_MS / 1_000 + closing);
    expect(deployment().strategy.rollingUpdate).toEqual({ maxSurge: 1, maxUnavailable: 0 });
    const { minReplicas, maxReplicas } = only("HorizontalPodAutoscaler").spec;
    expect([minReplicas >= 2, maxReplicas > minReplicas]).toEqual([true, true]);
    expect(only("PodDisruptionBudget").spec).toMatchObject({ maxUnavailable: 1 });
  });

  test("runs as nobody in particular, with no rights, and writes nowhere but to /tmp", () => {
    const { securityContext, resources, volumeMounts, image } = container();
    expect(securityContext).toEqual({
      ...{ allowPrivilegeEscalation: false, privileged: false, readOnlyRootFilesystem: true },
      capabilities: { drop: ["ALL"] },
    });
    expect(pod()).toMatchObject({
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
    });
    expect(pod().securityContext.runAsUser).toBeGreaterThan(999);
    for (const forbidden of ["hostNetwork", "hostPID", "hostIPC", "serviceAccountName", "initContainers"])
      expect(pod()).not.toHaveProperty(forbidden);
    expect(volumeMounts).toEqual([{ name: "tmp", mountPath: "/tmp" }]);
    expect(pod().volumes).toEqual([{ name: "tmp", emptyDir: { sizeLimit: expect.any(String) } }]);
    expect(resources).toMatchObject({ requests: { cpu: expect.any(String), memory: expect.any(String) } });
    // As much as compose.yaml gives.
    expect(resources.limits).toEqual({ memory: "512Mi" });
    expect(parseYaml(read("compose.yaml"), { merge: true }).services.pulsegate.mem_limit).toBe("512m");
    expect(image).toMatch(/:\d+\.\d+\.\d+$|@sha256:/);
  });

  test("lets in the port, and lets out what the gateway talks to", () => {
    const { policyTypes, ingress, egress } = only("NetworkPolicy").spec;
    expect([...policyTypes].sort()).toEqual(["Egress", "Ingress"]);
    expect(ingress.map(({ ports }: Anything) => ports)).toEqual([[{ protocol: "TCP", port: "http" }]]);
    expect(egress.flatMap(({ ports }: Anything) => ports.map((each: Anything) => each.port))).toEqual([
      ...[53, 53, 5432, 6379, 443],
    ]);
  });
});

describe("compose's profile of replicas", () => {
  const { services } = parseYaml(read("compose.yaml"), { merge: true });

  test("has two of the same behind a proxy, and nothing of it without the profile", () => {
    const { pulsegate, replica, proxy } = services;
    expect([replica.profiles, proxy.profiles, pulsegate.profiles]).toEqual([["replicas"], ["replicas"], undefined]);
    const { profiles, ports, deploy, environment, ...same } = replica;
    expect(pulsegate).toMatchObject(same);
    expect([ports, deploy]).toEqual([[], { replicas: 2 }]);
    expect(environment).toEqual({ ...pulsegate.environment, TRUSTED_PROXIES: "uniquelocal" });
    for (const name of Object.keys(environment)) expect([name, variables.has(name)]).toEqual([name, true]);
    expect(proxy.ports).toEqual([expect.stringMatching(/^127\.0\.0\.1:\d+:8080$/)]);
    const [mounted] = proxy.volumes as string[];
    expect(existsSync(root + mounted!.split(":")[0])).toBe(true);
    expect(mounted).toMatch(/:ro$/);
  });

  test("passes on what the gateway needs to know, and keeps the operator's doors shut", () => {
    const conf = read("deploy/nginx.conf");
    for (const line of [
      "proxy_set_header Host $http_host;",
      "proxy_set_header X-Forwarded-For $remote_addr;",
      "proxy_set_header Upgrade $http_upgrade;",
      "proxy_set_header Connection $connection_upgrade;",
      "proxy_http_version 1.1;",
      "proxy_buffering off;",
      "access_log off;",
      "set $gateway replica:4000;",
      "resolver 127.0.0.11",
    ])
      expect(conf).toContain(line);
    for (const door of ["/metrics", "/readyz", "/healthz"])
      expect(conf).toContain(`location = ${door} { return 404; }`);
  });

  const nginx = ["/usr/sbin/nginx", "/usr/bin/nginx"].find(existsSync);
  (nginx ? test : test.skip)("nginx takes the file", () => {
    const at = mkdtempSync(join(tmpdir(), "pulsegate-nginx-"));
    try {
      const whole = `pid ${at}/pid; events {} http { include ${root}deploy/nginx.conf; }`;
      writeFileSync(join(at, "nginx.conf"), whole);
      execFileSync(nginx!, ["-t", "-q", "-c", join(at, "nginx.conf"), "-g", `error_log ${at}/log;`], { stdio: "pipe" });
    } finally {
      rmSync(at, { recursive: true });
    }
  });
});
