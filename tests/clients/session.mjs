// What several of the clients do by fetch.
import { endpoint } from "./scene.mjs";

//> set up
const session = {}; // session.token, once somebody has signed in
const bearer = () => (session.token ? { authorization: `Bearer ${session.token}` } : {});

async function post(body, headers) {
  const response = await fetch(endpoint, { method: "POST", body, headers: { ...bearer(), ...headers } });
  return response.json();
}

const ask = (query, variables) => post(JSON.stringify({ query, variables }), { "content-type": "application/json" });

function upload(query, file) {
  const form = new FormData();
  form.set("operations", JSON.stringify({ query, variables: { input: { file: null } } }));
  form.set("map", JSON.stringify({ 0: ["variables.input.file"] }));
  form.set("0", file);
  return post(form);
}
//<

export { ask, bearer, session, upload };
