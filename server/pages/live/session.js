// Who is signed in here. Tokens live in sessionStorage, so that two windows can be two people.
import { uuid } from "./dom.js";
import { REFRESH_SESSION } from "./queries.js";
import { ApiError, post, serverNow } from "./transport.js";

const KEY = "tramesa.session";
const EARLY = 60_000;

// A duplicated tab has a copy of the same tokens. Refresh tokens rotate and a used one ends the whole family, so copies
// (known by their common `family`) tell each other what they got.
const tab = uuid();
const channel = "BroadcastChannel" in window ? new BroadcastChannel("tramesa.session") : null;

let session = JSON.parse(sessionStorage.getItem(KEY));
let refreshing = null;
let timer;
let heard = () => {};
let leave = () => {};
let shownAs;
let onEnd = () => {};

export const signedIn = () => session !== null;
export const whenEnded = (action) => (onEnd = action);
export const currentToken = () => session?.accessToken;

export function begin(payload) {
  keep({ ...tokensOf(payload), family: uuid(), turn: 0 });
}

export function end(reason, { tell = true } = {}) {
  if (!session) return;
  if (tell) channel?.postMessage({ family: session.family, ended: true });
  session = null;
  shownAs = undefined;
  leave();
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
  keep({ ...tokensOf(refreshSession), family: session.family, turn: session.turn + 1 });
  channel?.postMessage({ family: session.family, session });
  return session.accessToken;
}

const alone = (action) =>
  navigator.locks && session ? navigator.locks.request(`tramesa.refresh.${session.family}`, action) : action();

// The lock orders the copies; hearing each of them makes sure that the one before us did not spend our refresh token.
// A copy that the browser has put to sleep does not answer, nor did it refresh: it is not waited for long.
async function askCopies() {
  const copies = await countCopies();
  if (!copies) return;
  await new Promise((resolve) => {
    let silent = copies;
    heard = () => {
      silent -= 1;
      if (!silent) resolve();
    };
    setTimeout(resolve, 2_000);
    channel.postMessage({ family: session.family, ask: true });
  });
  heard = () => {};
}

// Each copy holds a lock for as long as it is open, which is how the others know of it.
const lockOf = (family) => `tramesa.tab.${family}.`;
async function countCopies() {
  if (!channel || !navigator.locks || !session) return 0;
  const { held } = await navigator.locks.query();
  return held.filter(({ name }) => name.startsWith(lockOf(session.family)) && name !== lockOf(session.family) + tab).length;
}

function showUp(family) {
  if (shownAs === family) return;
  shownAs = family;
  leave();
  navigator.locks?.request(lockOf(family) + tab, () => new Promise((resolve) => (leave = resolve)));
}

channel?.addEventListener("message", ({ data }) => {
  if (data.family !== session?.family) return;
  if (data.ended) return end("signedOut", { tell: false });
  if (data.ask) return channel.postMessage({ family: session.family, session, answer: true });
  if (data.session.turn > session.turn) keep(data.session);
  if (data.answer) heard();
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
  showUp(session.family);
  schedule();
}

// Before expiry, but never in a busy loop where tokens live shorter than the margin.
function schedule() {
  clearTimeout(timer);
  const left = remaining();
  const wait = Math.max(left - Math.min(EARLY, left / 5), 1_000);
  timer = setTimeout(() => refresh(session.accessToken).catch(() => session && schedule()), wait);
}

if (session) {
  showUp(session.family);
  schedule();
}
