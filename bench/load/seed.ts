import { createHash } from "node:crypto";
import { fitbitLab, vaults } from "../built.js";
import { only } from "./workload.js";
import { OPERATION, type World } from "./world.js";

/** How many people's tokens are saved at once. */
const AT_ONCE = 16;
const TOKEN_SECONDS = 28_800;
/** Tokens of every fourth person end while the load lasts. */
const SHORT_TOKEN_SECONDS = 30;

/**
 * Connects everybody, with a dashboard and ninety days stored, and has one webhook told of all. The first person's tokens are
 * imported and their figures fetched as ever; what that wrote is copied for the others under ids of their own, and only the
 * tokens, which are encrypted for whom they belong to, are saved for each. Answers what a connection takes of the store.
 */
export async function seed(world: World): Promise<{ readonly connectionKb: number }> {
  const [first, ...others] = world.people;
  if (first === undefined) throw new Error("There must be somebody.");
  const gateway = await world.gateway();
  try {
    const tokens = await world.lab.tokens(
      world.people.map((id, at) => ({ id, expiresInSeconds: at % 4 === 0 ? SHORT_TOKEN_SECONDS : TOKEN_SECONDS })),
    );
    const template = await gateway.connections.importConnection({ userId: first, provider: "FITBIT", ...tokens[0]! });
    const of = (person: string) => ({ person, connection: connectionOf(template.id, person) });
    await copy(world, { person: first, connection: template.id }, others.map(of));
    const vault = vaults.createVault({ store: gateway.store, encryptionKeys: gateway.config.encryptionKeys });
    const left = [...others.entries()];
    const saving = async () => {
      for (let next = left.pop(); next !== undefined; next = left.pop()) {
        const [at, userId] = next;
        const { accessToken, refreshToken, expiresAt } = tokens[at + 1]!;
        const owner = { id: connectionOf(template.id, userId), userId, provider: "FITBIT" as const };
        await vault.save(owner, { accessToken, refreshToken, expiresAt, obtainedAt: Date.now() });
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, saving));
    const connectionKb = (await tableKb(world)) / world.people.length;

    const [replica] = await world.replicas(1);
    const alone = { ...world, people: [first] };
    for (const kind of ["dashboard", "history"] as const) await only(alone, [replica!], kind, 1);
    await world.replicas(0);
    await copy(world, { person: first, connection: template.id }, others.map(of));
    await world.postgres.query("VACUUM ANALYZE public.pulsegate");

    const asked = { url: world.receiverUrl, operation: OPERATION, events: null, userId: null, minimumGapSeconds: 0 };
    await gateway.outbound.create({ app: "load", userId: null }, asked);
    return { connectionKb };
  } finally {
    await gateway.close();
  }
}

export async function tableKb(world: World): Promise<number> {
  const { rows } = await world.postgres.query("SELECT pg_total_relation_size('public.pulsegate') AS bytes");
  return Number(rows[0].bytes) / 1_000;
}

interface Known {
  readonly person: string;
  readonly connection: string;
}

const hashOf = (text: string) => createHash("sha256").update(text).digest("base64url");
const connectionOf = (template: string, person: string) =>
  `${template.split("-")[0]}-${createHash("sha256").update(person).digest("hex").slice(0, 24)}`;

/** Whatever names somebody in keys and values, in an order in which none is a part of a later one's replacement. */
function namesOf({ person, connection }: Known): readonly string[] {
  const account = fitbitLab.fitbitUserId(person);
  const told = createHash("sha256").update(`FITBIT/${account}`).digest("base64url").slice(0, 22);
  return [connection, hashOf(person), hashOf(account), told, JSON.stringify(person), JSON.stringify(account)];
}

/** Writes of every row that names the one, but the tokens, a copy for each of the others. */
async function copy({ postgres }: World, one: Known, others: readonly Known[]): Promise<void> {
  const from = namesOf(one);
  const to = others.map(namesOf);
  const replaced = (column: string) => from.reduce((text, _, at) => `replace(${text}, $${at + 1}, n${at})`, column);
  const names = from.map((_, at) => `n${at}`).join(", ");
  const lists = from.map((_, at) => `$${from.length + at + 1}::text[]`).join(", ");
  await postgres.query(
    `INSERT INTO public.pulsegate (key, value)
     SELECT ${replaced("key")}, ${replaced("value")}
     FROM public.pulsegate, unnest(${lists}) AS others(${names})
     WHERE NOT starts_with(key, 'tokens:') AND (${from.map((_, at) => `position($${at + 1} in key || value) > 0`).join(" OR ")})
     ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
    [...from, ...from.map((_, at) => to.map((each) => each[at]))],
  );
}
