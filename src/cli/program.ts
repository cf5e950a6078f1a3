import { Command, CommanderError, Option } from "commander";
import { ConfigError } from "../config/config.js";
import { PulsegateError, StoreUnavailable } from "../errors.js";
import { redactText } from "../log.js";
import { version } from "../model/version.js";
import { providers } from "../providers/index.js";
import { CommandFailed, type Io } from "./io.js";

const providerNames = `one of ${providers.map(({ slug }) => slug).join(", ")}`;

/** Each command loads its own modules: `app-key create` should not wait for a GraphQL schema. */
export function program(io: Io): Command {
  const root = new Command("pulsegate")
    .description("A self-hosted GraphQL gateway over wearable providers.")
    .version(version, "--version", "print the version")
    .exitOverride()
    .configureOutput({ writeOut: (text) => void io.out(text), writeErr: (text) => io.note(text) });

  root
    .command("start")
    .description("start the gateway")
    .action(async () => (await import("./start.js")).start());

  root
    .command("connect")
    .description("connect a provider: opens its consent page and waits for the return")
    .requiredOption("--provider <provider>", providerNames)
    .option("--user <id>", "user to connect it for")
    .option("--no-open", "print the address only")
    .action(async (options) => {
      const { connect } = await import("./connect.js");
      await gateway(true, (opened) => connect(io, opened, options));
    });

  root
    .command("tokens")
    .description("renew stored tokens")
    .command("refresh")
    .description("renew tokens that are due")
    .option("--all", "renew every token that can be renewed")
    .option("--prune", "disconnect connections that need a new consent; data stay")
    .action(async (options) => {
      const { refreshTokens } = await import("./tokens.js");
      await gateway(false, (opened) => refreshTokens(io, opened, options));
    });

  root
    .command("query")
    .description("answer a GraphQL query from a file, or from standard input (-)")
    .argument("<file>")
    .option("--user <id>", "whom `viewer` is")
    .option("--variables <json>", "the query's variables")
    .option("--operation <name>", "name of the operation, if the file has several")
    .option("--plan <plan>", "report or dry-run: print what the query costs")
    .action(async (file, options) => {
      const { runQuery } = await import("./query.js");
      await gateway(true, (opened) => runQuery(io, opened, file, options));
    });

  root
    .command("backfill")
    .description("fetch a span of history and wait until it is stored")
    .requiredOption("--provider <provider>", providerNames)
    .requiredOption("--from <date>", "first day")
    .option("--to <date>", "last day; today unless given")
    .option("--user <id>", "whose history")
    .action(async (options) => {
      const { backfill } = await import("./backfill.js");
      await gateway(true, (opened) => backfill(io, opened, options));
    });

  root
    .command("export")
    .description("print everything that is stored of a user, or the whole store for import, one JSON object per line")
    .addOption(new Option("--user <id>", "whose data").conflicts("all"))
    .option("--all", "every row of the store, for import")
    .option("--tokens", "with --all: tokens and other secrets too, encrypted with EXPORT_KEY")
    .option("--after <key>", "with --all: only rows behind this key, to continue")
    .action(async ({ user, all, ...options }) => {
      if (all) {
        const { exportStore } = await import("./export-store.js");
        return await gateway(false, (opened) => exportStore(io, opened, options));
      }
      if (!user) throw new CommandFailed("Export what? Name a user with --user, or --all.");
      if (options.tokens || options.after !== undefined)
        throw new CommandFailed("--tokens and --after belong to --all.");
      const { exportUser } = await import("./export.js");
      await gateway(false, (opened) => exportUser(io, opened, user));
    });

  root
    .command("import")
    .description("put what export --all printed into this store; rows that are there already stay")
    .argument("<file>", "or standard input (-)")
    .option("--replace", "overwrite rows that are there already")
    .action(async (file, options) => {
      const { importStore } = await import("./import-store.js");
      await gateway(false, (opened) => importStore(io, opened, file, options));
    });

  root
    .command("audit")
    .description("print the audit log, one JSON object per line")
    .option("--user <id>", "only lines about this user")
    .option("--since <date>", "only lines since this day or instant")
    .action(async (options) => {
      const { printAudit } = await import("./audit.js");
      await gateway(false, (opened) => printAudit(io, opened, options));
    });

  root
    .command("app-key")
    .description("keys of apps")
    .command("create")
    .description("make a key for an app's backend, and its entry for APP_KEYS")
    .argument("<name>")
    .option("--user <id>", "the key speaks for this person only")
    .option("--read-only", "the key can't send mutations")
    .action(async (name, options) => (await import("./app-key.js")).createAppKey(io, name, options));

  root
    .command("keys")
    .description("keys that encrypt stored tokens")
    .command("rotate")
    .description("encrypt every stored token with the first of ENCRYPTION_KEYS")
    .action(async () => {
      const { rotateKeys } = await import("./keys.js");
      await gateway(false, (opened) => rotateKeys(io, opened));
    });

  root
    .command("scopes")
    .description("print the fewest OAuth scopes that these GraphQL documents need")
    .argument("<paths...>", "files, folders of them, or standard input (-)")
    .action(async (paths) => {
      const [{ printScopes }, { providers }] = await Promise.all([
        import("./scopes.js"),
        import("../providers/index.js"),
      ]);
      await printScopes(io, paths, providers);
    });

  root
    .command("operations")
    .description("print each operation's id, the scopes that it needs, and what it costs in provider calls")
    .argument("<paths...>", "files, folders of them, manifests, or standard input (-)")
    .option("--manifest", "print a manifest of persisted operations instead")
    .action(async (paths, options) => {
      const [{ printOperations }, { providers }] = await Promise.all([
        import("./operations.js"),
        import("../providers/index.js"),
      ]);
      await printOperations(io, paths, options, providers);
    });

  root
    .command("mcp")
    .description("answer an assistant on standard input and output: the Model Context Protocol")
    .option("--user <id>", "whom `viewer` is")
    .action(async (options) => {
      const [{ serveTools }, { withGateway }] = await Promise.all([import("./mcp.js"), import("./session.js")]);
      // Whoever starts it wants it, whatever the server is told.
      const asked = { ...io, env: { ...io.env, MCP: "1" } };
      await withGateway(asked, { asksProviders: true }, (opened) => serveTools(asked, opened, options.user));
    });

  root
    .command("webhooks")
    .description("notifications from providers")
    .command("check")
    .description("check whether providers can reach the gateway, and repair subscriptions")
    .action(async () => {
      const { checkWebhooks } = await import("./webhooks.js");
      await gateway(false, (opened) => checkWebhooks(io, opened));
    });

  root
    .command("doctor")
    .description("check the configuration, the store, Redis and the providers")
    .action(async () => (await import("./doctor.js")).doctor(io));

  async function gateway(asksProviders: boolean, work: (opened: Gateway) => Promise<void>): Promise<void> {
    const { withGateway } = await import("./session.js");
    await withGateway(io, { asksProviders }, work);
  }
  return root;
}

type Gateway = import("../gateway.js").Gateway;

/** Runs one command line and resolves with its exit code. Never rejects: a failure is one line on standard error. */
export async function run(args: readonly string[], io: Io): Promise<number> {
  try {
    await program(io).parseAsync(args, { from: "user" });
    return 0;
  } catch (error) {
    // Commander has already printed the help, or what is wrong with the arguments.
    if (error instanceof CommanderError) return error.exitCode;
    io.note(`pulsegate: ${lineFor(error)}\n`);
    return 1;
  }
}

function lineFor(error: unknown): string {
  if (error instanceof ConfigError) return `the configuration is not valid: ${error.faults.join("; ")}`;
  if (error instanceof CommandFailed || error instanceof PulsegateError || error instanceof StoreUnavailable) {
    return error.message;
  }
  // An unexpected error is shortened, and what may be secret is removed.
  return error instanceof Error ? `it failed: ${redactText(error.message).split("\n")[0]}` : "it failed.";
}
