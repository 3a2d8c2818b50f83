// Who is signed in here. Tokens live in sessionStorage, so that two windows can be two people.
import { uuid } from "./dom.js";
import { REFRESH_SESSION } from "./queries.js";
import { ApiError, post, serverNow } from "./transport.js";

const KEY = "tramesa.session";
const EARLY = 60_000;

// A duplicated tab has a copy of the same tokens. Refresh tokens rotate and a used one ends the whole family, so copies
// (known by their common `family`) tell each other what they got.
const channel = "BroadcastChannel" in window ? new BroadcastChannel("tramesa.session") : null;

let session = JSON.parse(sessionStorage.getItem(KEY));
let refreshing = null;
let timer;
let onEnd = () => {};

export const signedIn = () => session !== null;
export const whenEnded = (action) => (onEnd = action);
export const currentToken = () => session?.accessToken;

export function begin(payload) {
  keep({ ...tokensOf(payload), family: uuid() });
}

export function end(reason, { tell = true } = {}) {
  if (!session) return;
  if (tell) channel?.postMessage({ family: session.family, ended: true });
  session = null;
  clearTimeout(timer);
  sessionStorage.removeItem(KEY);
  onEnd(reason);
}

export async function token() {
  if (!session) throw new ApiError("UNAUTHENTICATED");
  return remaining() > 5_000 ? session.accessToken : refresh(session.accessToken);
}

// `used` is the token that no longer served: where another caller or tab already replaced it, there is nothing to do.
export function refresh(used) {
  refreshing ??= alone(() => replace(used)).finally(() => (refreshing = null));
  return refreshing;
}

async function replace(used) {
  await askCopies();
  if (!session) throw new ApiError("UNAUTHENTICATED");
  if (session.accessToken !== used) return session.accessToken;
  const { refreshSession } = await post(REFRESH_SESSION, { input: { refreshToken: session.refreshToken } });
  if (!refreshSession.accessToken) {
    end("expired");
    throw new ApiError("UNAUTHENTICATED");
  }
  if (!session) throw new ApiError("UNAUTHENTICATED");
  keep({ ...tokensOf(refreshSession), family: session.family });
  channel?.postMessage({ family: session.family, session });
  return session.accessToken;
}

const alone = (action) =>
  navigator.locks && session ? navigator.locks.request(`tramesa.refresh.${session.family}`, action) : action();

// The lock orders the copies; this makes sure that the one before us was heard before we use our refresh token.
function askCopies() {
  if (!channel || !session) return undefined;
  channel.postMessage({ family: session.family, ask: true });
  return new Promise((resolve) => setTimeout(resolve, 120));
}

channel?.addEventListener("message", ({ data }) => {
  if (data.family !== session?.family) return;
  if (data.ended) end("signedOut", { tell: false });
  else if (data.ask) channel.postMessage({ family: session.family, session });
  else if (data.session.expiresAt > session.expiresAt) keep(data.session);
});

const tokensOf = ({ accessToken, refreshToken, expiresAt }) => ({
  accessToken,
  refreshToken,
  expiresAt: Date.parse(expiresAt),
});

const remaining = () => session.expiresAt - serverNow();

function keep(next) {
  session = next;
  sessionStorage.setItem(KEY, JSON.stringify(session));
  schedule();
}

// Before expiry, but never in a busy loop where tokens live shorter than the margin.
function schedule() {
  clearTimeout(timer);
  const left = remaining();
  const wait = Math.max(left - Math.min(EARLY, left / 5), 1_000);
  timer = setTimeout(() => refresh(session.accessToken).catch(() => session && schedule()), wait);
}

if (session) schedule();
