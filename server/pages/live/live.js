// The page: who is signed in decides what is shown.
import { ask } from "./api.js";
import { learnStatuses } from "./catalogue.js";
import { comingLink, showComing, showForgotten } from "./coming.js";
import { h } from "./dom.js";
import { requestError, showProblems, problemBox } from "./problems.js";
import { START } from "./queries.js";
import { end, signedIn, whenEnded } from "./session.js";
import { openDesk } from "./desk.js";
import { joiningLink, showJoining } from "./joining.js";
import { showSignIn } from "./signin.js";
import { showTracking } from "./tracking.js";
import { t } from "./words.js";

const page = document.getElementById("page");
let closeDesk = () => {};
let first;

async function start() {
  try {
    const { viewer, statuses } = await ask(START);
    if (!viewer) return end("expired");
    learnStatuses(statuses);
    closeDesk();
    closeDesk = openDesk(page, viewer, { first });
  } catch (error) {
    if (signedIn()) showFailure(error);
  }
}

function showFailure(error) {
  const box = problemBox();
  const again = h("button", { type: "button", class: "primary", onclick: start }, t("error.again"));
  page.replaceChildren(h("main", { class: "failure" }, box, again));
  showProblems(box, [requestError(error)]);
}

function welcome(reason) {
  closeDesk();
  closeDesk = () => {};
  showSignIn(page, { expired: reason === "expired", onDone: start, onTrack: track, onForgotten: forgotten });
}

function track() {
  history.replaceState(null, "", "/live?track");
  showTracking(page, { onBack: leave });
}

function join(kept) {
  showJoining(page, { kept, onDone: joined, onBack: leave });
}

function come(link) {
  showComing(page, { link, onDone: leave, onBack: leave, onForgotten: () => forgotten() });
}

function forgotten(kept) {
  history.replaceState(null, "", "/live?forgotten");
  showForgotten(page, { kept, onBack: leave });
}

// What waited for who has just joined is what it received.
function joined() {
  first = "RECEIVER";
  leave();
}

function leave() {
  history.replaceState(null, "", "/live");
  if (signedIn()) start();
  else welcome();
}

whenEnded(welcome);
const invited = joiningLink();
const coming = comingLink();
if (coming) come(coming);
else if (invited) join(invited);
else if (new URLSearchParams(location.search).has("forgotten")) forgotten();
else if (new URLSearchParams(location.search).has("track")) track();
else if (signedIn()) start();
else welcome();
