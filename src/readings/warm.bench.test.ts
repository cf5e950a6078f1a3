import { plainRequest, startLabGateway } from "../../test/support/lab-gateway.js";
it("measures", async () => {
  const lab = await startLabGateway();
  await lab.connect("demo");
  const fields = new Set(["steps","distance","energyBurned","activeEnergyBurned","basalEnergyBurned","floors","elevation","sedentaryMinutes"].map((n) => `activity.${n}`)) as never;
  const ask = { userId: "demo", domain: "ACTIVITY" as const, range: { lastDays: 30 }, fields, providers: null, alternatives: false, goalProgress: false };
  const go = () => lab.gateway.readings.session(plainRequest).load([ask]);
  await go();
  for (let i = 0; i < 300; i++) await go();
  const cpu = process.cpuUsage(); const n = 500;
  for (let i = 0; i < n; i++) await go();
  const used = process.cpuUsage(cpu);
  console.log("ms CPU per warm read", (used.user + used.system) / 1000 / n);
  await lab.close();
});
