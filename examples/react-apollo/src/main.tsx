import { ApolloProvider } from "@apollo/client/react";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { createApolloClient } from "./client";
import { Week } from "./Week";

const client = createApolloClient({
  url: import.meta.env.VITE_GATEWAY ?? "http://127.0.0.1:4000",
  // Your session's token goes here.
  token: async () => null,
});

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <ApolloProvider client={client}>
      <Week />
    </ApolloProvider>
  </StrictMode>,
);
