import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from "@apollo/client";
import { SetContextLink } from "@apollo/client/link/context";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import { OperationTypeNode } from "graphql";
import { createClient } from "graphql-ws";

export interface Gateway {
  /** Without a trailing slash: https://health.example.org */
  readonly url: string;
  /** A fresh token of the person who is signed in; null for the sandbox, which asks for none. */
  readonly token: () => Promise<string | null>;
}

export function createApolloClient({ url, token }: Gateway): ApolloClient {
  const credentials = async (): Promise<Record<string, string>> => {
    const value = await token();
    return value === null ? {} : { authorization: `Bearer ${value}` };
  };
  const http = new SetContextLink(async ({ headers }) => ({
    headers: { ...headers, ...(await credentials()) },
  })).concat(new HttpLink({ uri: `${url}/graphql` }));
  // The same credentials in `connection_init`. It connects when the first subscription does.
  const socket = new GraphQLWsLink(
    createClient({ url: `${url.replace(/^http/, "ws")}/graphql`, connectionParams: credentials }),
  );
  return new ApolloClient({
    link: ApolloLink.split(({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION, socket, http),
    cache: createCache(),
  });
}

/** The types that implement the schema's one interface. */
const histories = [
  "ActivityHistory",
  "BodyHistory",
  "DeviceList",
  "GoalList",
  "HeartHistory",
  "NutritionHistory",
  "Profile",
  "ReadingHistory",
  "ScoreHistory",
  "SleepHistory",
  "VitalHistory",
  "WorkoutHistory",
];

function createCache(): InMemoryCache {
  return new InMemoryCache({
    // For fragments on the interface.
    possibleTypes: { History: histories },
    // Days, nights and profiles have ids and are kept by them. A history has none: two queries of one range add up.
    typePolicies: Object.fromEntries(histories.map((type) => [type, { merge: true }])),
  });
}
