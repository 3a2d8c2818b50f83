// The live feeds: graphql-transport-ws, two subscriptions a role, each resumed after the last cursor that was seen.
import { ask } from "./api.js";
import { CANCELLATION_CHANGED, CANCELLATION_CURSOR, FEED_CURSOR, STATUS_CHANGED, SUMMARY_CHANGED } from "./queries.js";
import { currentToken, refresh, signedIn, token } from "./session.js";

const PATIENCE = 10_000;
const HEARTBEAT = 20_000;
const CATCHING_UP = 1_500;
const FORBIDDEN = 4403;
const KINDS = {
  status: { cursor: FEED_CURSOR, changes: STATUS_CHANGED },
  cancellation: { cursor: CANCELLATION_CURSOR, changes: CANCELLATION_CHANGED },
};
const FIGURES = "figures ";

// onState gets ("connecting" | "live" | "reconnecting" | "offline", how many changes a resumption brought).
// onFresh is called when a feed is taken up for the first time: what came before it has to be read anew.
// onEvent gets a role, what happened, and of which kind it is.
// onFigures gets a role and its figures, at once and whenever they have changed.
export function openFeed({ roles, onEvent, onState, onFresh, onFigures }) {
  const feeds = new Map(Object.keys(KINDS).flatMap((kind) => roles.map((role) => [`${kind} ${role}`, { kind, role }])));
  const cursors = new Map();
  let socket = null;
  let opening = false;
  let acked = false;
  let closed = false;
  let wasLive = false;
  let attempts = 0;
  let usedToken;
  let retryTimer;
  let watchdog;
  let catchUpTimer;
  let missed = null;
  let waiting = false;
  let fresh = false;

  async function connect() {
    clearTimeout(retryTimer);
    if (closed || socket || opening) return;
    if (!navigator.onLine) return onState("offline");
    onState(wasLive || attempts ? "reconnecting" : "connecting");
    opening = true;
    try {
      usedToken = await token();
      await stand();
    } catch {
      return retry();
    } finally {
      opening = false;
    }
    if (!closed) open();
  }

  // Where each feed stands is taken before the lists are read anew, so nothing falls between list and feed.
  async function stand() {
    const unknown = [...feeds].filter(([id]) => !cursors.has(id));
    for (const [id, { kind, role }] of unknown) cursors.set(id, (await ask(KINDS[kind].cursor, { role })).cursor);
    fresh ||= unknown.length > 0;
  }

  function open() {
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const mine = new WebSocket(`${scheme}//${location.host}/graphql`, "graphql-transport-ws");
    socket = mine;
    acked = false;
    expectWord();
    mine.onopen = () => send({ type: "connection_init", payload: { authorization: `Bearer ${usedToken}` } });
    mine.onmessage = ({ data }) => socket === mine && receive(JSON.parse(data));
    mine.onclose = ({ code }) => socket === mine && lost(code);
  }

  const send = (message) => socket?.readyState === WebSocket.OPEN && socket.send(JSON.stringify(message));

  function subscribe({ kind, role }, id) {
    const variables = { role, after: cursors.get(id) };
    send({ type: "subscribe", id, payload: { query: KINDS[kind].changes, variables } });
  }

  function receive({ type, id, payload }) {
    acked ||= type === "connection_ack";
    expectWord();
    if (type === "ping") send({ type: "pong" });
    else if (type === "pong") subscribed();
    else if (type === "connection_ack") acknowledged();
    else if (type === "next" && payload.data?.figures) onFigures(id.slice(FIGURES.length), payload.data.figures);
    else if (type === "next" && payload.data) next(id, payload.data.event);
    else if (type === "next" || type === "error" || type === "complete") ended(id, type);
  }

  function acknowledged() {
    attempts = 0;
    missed = wasLive ? 0 : null;
    wasLive = true;
    waiting = true;
    feeds.forEach(subscribe);
    roles.forEach((role) => send({ type: "subscribe", id: FIGURES + role, payload: { query: SUMMARY_CHANGED, variables: { role } } }));
    send({ type: "ping" });
  }

  // The answer to the ping behind the subscriptions says that they were heard: what is read from now on has no gap.
  function subscribed() {
    if (!waiting) return;
    waiting = false;
    onState("live", missed ?? 0);
    caughtUp();
    if (fresh) onFresh();
    fresh = false;
  }

  function next(id, event) {
    cursors.set(id, event.cursor);
    if (missed !== null) {
      missed += 1;
      if (!waiting) onState("live", missed);
      caughtUp();
    }
    const { kind, role } = feeds.get(id);
    onEvent(role, event, kind);
  }

  // Nothing in the protocol says "now you have it all": a moment of silence after a resumption does.
  function caughtUp() {
    clearTimeout(catchUpTimer);
    catchUpTimer = setTimeout(() => (missed = null), CATCHING_UP);
  }

  // One feed ended though the connection holds. A cursor that the server refuses is of no more use.
  function ended(id, type) {
    if (type !== "complete") cursors.delete(id);
    drop();
    retry();
  }

  async function lost(code) {
    socket = null;
    clearTimeout(watchdog);
    if (closed) return;
    if (code !== FORBIDDEN) return retry();
    onState("reconnecting");
    if (currentToken() === usedToken) await refresh(usedToken).catch(() => {});
    if (attempts === 0) {
      attempts = 1;
      connect();
    } else retry();
  }

  function drop() {
    const old = socket;
    socket = null;
    clearTimeout(watchdog);
    old?.close(1000);
  }

  function retry() {
    if (closed || !signedIn()) return;
    if (!navigator.onLine) return onState("offline");
    onState("reconnecting");
    const ceiling = Math.min(30_000, 500 * 2 ** attempts);
    attempts += 1;
    clearTimeout(retryTimer);
    retryTimer = setTimeout(connect, ceiling / 2 + (Math.random() * ceiling) / 2);
  }

  // A dead line says nothing and closes nothing, so silence is questioned first and then taken for the end.
  function expectWord() {
    clearTimeout(watchdog);
    watchdog = setTimeout(
      () => {
        send({ type: "ping" });
        watchdog = setTimeout(() => (drop(), retry()), acked ? PATIENCE : 0);
      },
      acked ? HEARTBEAT : PATIENCE,
    );
  }

  function wentOffline() {
    drop();
    clearTimeout(retryTimer);
    onState("offline");
  }
  const hurry = () => document.visibilityState === "visible" && connect();

  addEventListener("offline", wentOffline);
  addEventListener("online", connect);
  document.addEventListener("visibilitychange", hurry);
  connect();

  return function close() {
    closed = true;
    drop();
    clearTimeout(retryTimer);
    clearTimeout(catchUpTimer);
    removeEventListener("offline", wentOffline);
    removeEventListener("online", connect);
    document.removeEventListener("visibilitychange", hurry);
  };
}
