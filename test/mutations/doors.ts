import { type Mutation, of } from "./mutation.js";

const mcp = ["src/server/mcp/mcp.test.ts"];
const straight = ["src/server/straight.test.ts"];

/** Assistants, and queries of histories that are answered without GraphQL's execution. */
export const doorMutations: readonly Mutation[] = [
  ...of("src/server/mcp/tool-call.ts", mcp, [
    ["arguments that no variable is named for are dropped", "if (unknown !== undefined) {", "if (false) {"],
    ["an app is answered as if it were nobody", 'if (needsViewer && caller.kind === "app") {', "if (false) {"],
    ["an error beside data is swallowed", "if (result.errors) return refused(result.errors);", ""],
    ["an answer may have any length", "if (whole.length > MAX_ANSWER_LENGTH) {", "if (false) {"],
    ["who is asked goes on though nobody waits", 'else signal.addEventListener("abort", abort, { once: true });', ""],
    ["the arguments are not handed on", "variables: given }", "variables: {} }"],
  ]),
  ...of("src/server/mcp/agent.ts", mcp, [
    ["a name may hold anything", '.replace(/[^\\p{L}\\p{N} ._+@/()-]/gu, " ")', ""],
  ]),
  ...of("src/server/mcp/refusal.ts", mcp, [
    ["what was sent is quoted whole", "message: shortened(message)", "message"],
    ["nobody is told what to do", "whatToDo: remedyFor(code) },", "},"],
    ["a failure passes for an answer", "isError: true, ", ""],
  ]),
  ...of("src/server/routes/mcp.ts", mcp, [
    ["pages of any origin may ask", "guardOrigin(request.headers, config);", ""],
    ["who is not known may ask", "if (!caller) throw why;", ""],
    ["messages nest without end", "checkNesting(value, limits);", ""],
    ["a batch is one message", "if (Array.isArray(value)) throw", "if (false) throw"],
    ["a long message costs what a short one does", "if (length > 0) await limiter", "if (false) await limiter"],
    ["older agents have no name", 'agent: headers["user-agent"]?.split(/[\\s/]/)[0] ?? null', "agent: null"],
    ["a stream of changes is held open", "maxSubscriptions: 0", "maxSubscriptions: 9"],
  ]),
  ...of("src/graphql/straight.ts", straight, [
    ["an app's viewer is somebody", 'caller.kind === "user" ? caller.userId : null', "ownerOf(caller)"],
    ["somebody else's data are given", "requireApp(caller);", ""],
    ["people who are not known have data", "(await loaders.isKnown(userId)) ? userId : null", "userId"],
    ["aliases are lost", "(node.alias ?? node.name).value", "node.name.value"],
    ["providers don't count", "domain, range, providers, ...selection", "domain, range, providers: null, ...selection"],
    ["what variables decide is decided once", "!dependsOnVariables(info)", "true"],
    ["kinds of scores don't count", 'domain !== "SCORES" && ', ""],
    ["the days of the first question are charged", "days += `${reckonedDays(", "void `${reckonedDays("],
    ["texts of a known document are not checked", "checkTexts(fieldOf(type, node)!.args, args);", ""],
    [
      "a history whose selection variables decide costs what the first did",
      "if (member.history.selection === null) return reckon();",
      "",
    ],
    ["another field has the fields of the first", "if (same) same.push(node);", "if (same) return found;"],
  ]),
  ...of("src/server/routes/straight.ts", straight, [
    ["nobody is charged", "return asked.cost(now, limits);", "return { ms: 0, points: 0, mutations: 0 };"],
    [
      "variables nest without end",
      "checkNesting(plain.variables, limits);",
      "",
      "they are refused before, and again by Apollo",
    ],
    ["a wish for a report is not heard", "&& Object.keys(wishes).length === 0)", ")"],
    ["an error ends in no answer", "} catch {\n      return null;", "} catch (error) {\n      throw error;"],
  ]),
];
