// The audits of graphql-http against the server whose endpoint is given: a JSON object of id and what became of it.
import { serverAudits } from "graphql-http";

const outcomes = {};
for (const audit of serverAudits({ url: process.argv[2] })) {
  const result = await audit.fn();
  outcomes[audit.id] = result.status === "ok" ? "ok" : `${result.status}: ${audit.name}: ${result.reason}`;
}
console.log(JSON.stringify(outcomes));
