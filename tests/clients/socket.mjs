// The one WebSocket of graphql-ws, which Apollo, urql and Relay use too.
import { endpoint, line } from "./scene.mjs";
import { bearer } from "./session.mjs";

//> set up
import { createClient } from "graphql-ws";

const url = endpoint.replace("http", "ws");
const settings = { url, connectionParams: bearer, shouldRetry: () => true, retryAttempts: Infinity };
//<
settings.retryWait = line.whole;
//> set up
const socket = createClient(settings);

// At every connection graphql-ws sends the payload as it is then: so the feed goes on behind the last event.
function follow({ query, variables }, sink) {
  const payload = { query, variables: { ...variables } };
  const next = (result) => {
    if (result.data) payload.variables.after = result.data.invoiceStatusChanged.cursor;
    sink.next(result);
  };
  return socket.subscribe(payload, { next, error: (problem) => sink.error(problem), complete: () => sink.complete() });
}
//<

export { follow, socket };
