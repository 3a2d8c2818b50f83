// GraphiQL on our own origin: queries over HTTP, subscriptions over graphql-transport-ws, both at /graphql.
"use strict";

const SIGN_IN = `# 1. Sign in here, with the e-mail and password of an
#    account that \`tramesa demo\` printed.
# 2. In the other tabs, put the accessToken into Headers:
#      { "Authorization": "Bearer …" }
#    Subscriptions send it too, when they connect.
mutation SignIn {
  signIn(input: { email: "", password: "" }) {
    accessToken
    expiresAt
    viewer { name roles party { name } }
    errors { code message }
  }
}
`;

const READ = `# Who asks, and the newest invoices addressed to them;
# role: ISSUER shows those that they sent.
query Invoices {
  viewer { name party { name } }
  invoices(role: RECEIVER, first: 10) {
    totalCount
    nodes {
      id
      number
      issuer { name }
      totals { payable }
      currency
      status
      availableTransitions
      history { to at actor info }
    }
  }
}
`;

const LISTEN = `# Every change of the invoices that you sent, as it
# happens. Press play, then have one moved in /live.
subscription Changes {
  invoiceStatusChanged(role: ISSUER) {
    cursor
    change { from to at actor info }
    invoice { number totals { payable } }
  }
}
`;

const HEADERS = `{
  "Authorization": "Bearer "
}
`;

const socketUrl = `${location.protocol === "https:" ? "wss:" : "ws:"}//${location.host}/graphql`;

// A connection for each subscription: a socket is authenticated once, and the headers may change between two.
function subscribe(request, headers) {
  const connectionParams = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return graphqlWs.createClient({ url: socketUrl, connectionParams }).iterate(request);
}

async function send(request, headers) {
  const response = await fetch("/graphql", {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json", ...headers },
    body: JSON.stringify(request),
  });
  return response.json();
}

function operationsIn(query) {
  const bare = query.replace(/"""[^]*?"""|"(?:\\.|[^"\\\n])*"|#.*/g, "");
  const found = [];
  let depth = 0;
  for (const [token, kind, name] of bare.matchAll(/[{}]|\b(query|mutation|subscription)\b\s*([_A-Za-z]\w*)?/g)) {
    if (kind && depth === 0) found.push({ kind, name });
    else if (token === "{") depth += 1;
    else if (token === "}") depth -= 1;
  }
  return found;
}

// The headers that a new tab starts with wait for a token, and asking with an empty one would be refused.
const filled = (headers) => Object.fromEntries(Object.entries(headers).filter(([, value]) => value.trim() !== "Bearer"));

// What GraphiQL says about the operation lags behind the editor and the tabs; the text that is sent does not.
function fetcher({ operationName, ...request }, options) {
  const headers = filled(options?.headers ?? {});
  const operations = operationsIn(request.query);
  const named = operations.find(({ name }) => operationName && name === operationName);
  if (named) request.operationName = operationName;
  return (named ?? operations[0])?.kind === "subscription" ? subscribe(request, headers) : send(request, headers);
}

const logo = React.createElement(
  GraphiQL.Logo ?? "span",
  null,
  React.createElement("a", { href: "/live", title: "The invoices, live" }, "Tramesa"),
);

ReactDOM.createRoot(document.getElementById("explorer")).render(
  React.createElement(
    GraphiQL,
    {
      fetcher,
      defaultHeaders: HEADERS,
      defaultTabs: [
        { query: SIGN_IN, headers: HEADERS },
        { query: READ, headers: HEADERS },
        { query: LISTEN, headers: HEADERS },
      ],
      defaultEditorToolsVisibility: "headers",
      shouldPersistHeaders: false,
      inputValueDeprecation: true,
    },
    logo,
  ),
);
