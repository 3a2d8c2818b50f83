// GraphQL as the signed-in person: a token that ran out is replaced once and the request repeated.
import { currentToken, end, refresh, token } from "./session.js";
import { ApiError, post } from "./transport.js";

export async function ask(query, variables, { files } = {}) {
  const used = await token();
  try {
    return await post(query, variables, { token: used, files });
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== "UNAUTHENTICATED") throw error;
  }
  const renewed = await refresh(used);
  try {
    return await post(query, variables, { token: renewed, files });
  } catch (error) {
    if (error.code === "UNAUTHENTICATED" && currentToken() === renewed) end("expired");
    throw error;
  }
}

export const change = async (query, variables, options) => Object.values(await ask(query, variables, options))[0];
