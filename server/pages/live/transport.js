// One GraphQL request over HTTP, and the server's clock as its answers tell it.

export class ApiError extends Error {
  constructor(code, message) {
    super(message ?? code);
    this.code = code;
  }
}

let skew = 0;

export const serverNow = () => Date.now() + skew;

export async function post(query, variables, { token, files } = {}) {
  const headers = { Accept: "application/graphql-response+json, application/json" };
  if (token) headers.Authorization = `Bearer ${token}`;
  let body = JSON.stringify({ query, variables });
  if (files) {
    headers["Apollo-Require-Preflight"] = "true";
    body = multipart(body, files);
  } else {
    headers["Content-Type"] = "application/json";
  }
  const response = await fetch("/graphql", { method: "POST", headers, body, cache: "no-store" }).catch(() => {
    throw new ApiError("NETWORK");
  });
  const date = Date.parse(response.headers.get("date"));
  if (!Number.isNaN(date)) skew = date - Date.now();
  return answer(response);
}

async function answer(response) {
  const result = await response.json().catch(() => ({}));
  const [error] = result.errors ?? [];
  if (error) throw new ApiError(error.extensions?.code ?? (response.ok ? "SERVER" : `HTTP_${response.status}`), error.message);
  if (response.status === 413) throw new ApiError("TOO_LARGE");
  if (!result.data) throw new ApiError("SERVER", `HTTP ${response.status}`);
  return result.data;
}

// graphql-multipart-request-spec; `files` maps a path such as "variables.input.file" to a File.
function multipart(operations, files) {
  const form = new FormData();
  const entries = Object.entries(files);
  form.append("operations", operations);
  form.append("map", JSON.stringify(Object.fromEntries(entries.map(([path], index) => [index, [path]]))));
  entries.forEach(([, file], index) => form.append(String(index), file, file.name));
  return form;
}
