/**
 * A GraphQL server that others wrote, as its first page of documentation sets it up: our schema, and the answer of one
 * query out of memory. Fields are resolved by the server's own default resolver.
 */
const { readFileSync } = require("node:fs");
const { createServer } = require("node:http");
const { join } = require("node:path");
const { buildSchema } = require("graphql");

const sdl = readFileSync(join(__dirname, "../../schema/schema.graphql"), "utf8");

function schemaThatAnswers(data) {
  const schema = buildSchema(sdl);
  schema.getQueryType().getFields().user.resolve = () => data.user;
  return schema;
}

const servers = {
  async apollo(schema) {
    const { ApolloServer } = require("@apollo/server");
    const { startStandaloneServer } = require("@apollo/server/standalone");
    const { url } = await startStandaloneServer(new ApolloServer({ schema }), {
      listen: { port: 0, host: "127.0.0.1" },
    });
    return url;
  },
  async yoga(schema) {
    const { createYoga } = require("graphql-yoga");
    const server = createServer(createYoga({ schema, logging: false }));
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${server.address().port}/graphql`;
  },
  async mercurius(schema) {
    const app = require("fastify")();
    await app.register(require("mercurius"), { schema, jit: 1 });
    return `${await app.listen({ port: 0, host: "127.0.0.1" })}/graphql`;
  },
};

/** Starts one of them, and answers its address. `answer` is the JSON of what it has to answer. */
exports.serve = async (name, answer) => servers[name](schemaThatAnswers(JSON.parse(answer).data));
