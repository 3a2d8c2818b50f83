// The people of the party, for its administrators: who may do what, who was invited, and the log of it.
import { ask, change } from "./api.js";
import { openDialog } from "./asking.js";
import { field, h, redraw } from "./dom.js";
import { attempt, problemBox, requestError, showProblems } from "./problems.js";
import { INVITE_USER, LIMIT_USER, PEOPLE, REVOKE_USER_INVITATION, SET_ACTIVE, SET_ROLES } from "./queries.js";
import { currentLanguage, date, instant, LANGUAGES, t } from "./words.js";

const ROLES = ["ISSUER", "REGISTRAR", "ACCOUNTANT", "ADMIN"];

const rolesOf = (roles) => (roles.length ? roles.map((role) => t(`role.${role}`)).join(" · ") : t("people.noRole"));
const officesOf = (codes) => codes?.length ? t("people.offices", { codes: codes.join(", ") }) : t("people.anyOffice");
const codesIn = (text) => text.toUpperCase().split(/[\s,;]+/).filter(Boolean);

export function openPeople({ viewer, onClose }) {
  const offices = viewer.party.kind === "PUBLIC_BODY";
  const box = problemBox();
  const content = h("div", { class: "notices" });
  const element = h("article", { class: "composer" });
  let people = null;
  let invited = [];
  let steps = [];
  let editing = null;

  async function load() {
    try {
      const found = await ask(PEOPLE);
      people = found.partyUsers;
      invited = found.userInvitations.nodes.filter(({ state }) => state === "ACTIVE" || state === "EXPIRED");
      steps = found.partyUserEvents.nodes;
      draw();
    } catch (error) {
      showProblems(box, [requestError(error)]);
    }
  }

  function draw() {
    redraw(element,
      h("h1", null, t("people.title")), h("p", { class: "lead" }, t("people.lead")), box, content,
      h("div", { class: "buttons" }, h("button", { type: "button", class: "quiet", "data-key": "close-people", onclick: onClose }, t("notices.close"))));
    if (!people) return;
    redraw(content,
      h("h2", null, t("people.here")),
      h("ul", { class: "addresses" }, people.map(card)),
      h("h2", null, t("people.invited")),
      invited.length ? h("ul", { class: "addresses" }, invited.map(invitation)) : h("p", null, t("people.nobodyInvited")),
      editing === "new" ? inviteForm()
        : h("button", { type: "button", class: "quiet", "data-key": "invite", onclick: () => edit("new") }, t("people.invite")),
      h("details", { class: "log" }, h("summary", null, t("people.log")), h("ol", null, steps.map(step))));
  }

  function edit(who) {
    editing = who;
    box.replaceChildren();
    draw();
    content.querySelector("form input:not([readonly])")?.focus();
  }

  async function act(button, ...works) {
    for (const work of works) if (!(await attempt({ box, button }, work))) return load();
    editing = null;
    await load();
  }

  const button = (name, one, words, onclick, kind = "quiet") =>
    h("button", { type: "button", class: kind, "data-key": `${name}-${one.id}`, onclick }, words);

  function card(one) {
    if (editing === one.id) return h("li", { class: "address" }, heading(one), changeForm(one));
    return h("li", { class: "address", "data-person": one.email, "data-active": String(one.active) },
      heading(one),
      h("p", null, rolesOf(one.roles), offices && ` · ${officesOf(one.officeCodes)}`),
      !one.active && h("p", { class: "notice" }, t("people.shutOut")),
      one.lastAdministrator && h("p", null, h("small", null, t("people.lastAdministrator"))),
      h("div", { class: "buttons" },
        button("change", one, t("notices.edit"), () => edit(one.id)),
        !one.lastAdministrator && button("active", one, t(one.active ? "people.doShutOut" : "people.doLetIn"),
          ({ currentTarget }) => switchOver(one, currentTarget), one.active ? "danger" : "quiet")));
  }

  const heading = (one) => [
    h("strong", null, one.name),
    h("small", null, one.email, " · ", one.lastSignInAt ? t("people.seen", { at: instant(one.lastSignInAt) }) : t("people.neverSeen")),
  ];

  // Shutting out ends what cannot be brought back, so it is asked first.
  function switchOver(one, target) {
    const input = { userId: one.id, active: !one.active };
    const work = () => change(SET_ACTIVE, { input });
    if (!one.active) return act(target, work);
    openDialog(null, {
      title: t("people.doShutOut"), danger: true, about: `${one.name} · ${one.email}`,
      content: h("p", null, t("people.confirm", { name: one.name })),
      send: async (where) => (await attempt(where, work)) && (await load(), true),
    });
  }

  function invitation(one) {
    const again = ({ email, name, roles, officeCodes, language }) => ({ email, name, roles, officeCodes, language });
    const state = one.state === "ACTIVE" ? t("people.until", { at: date(one.expiresAt.slice(0, 10)) }) : t("people.expired");
    return h("li", { class: "address", "data-invited": one.email },
      h("strong", null, one.name || one.email),
      h("small", null, one.name && `${one.email} · `, t("people.by", { name: one.invitedBy, at: instant(one.createdAt) }), " · ", state),
      h("p", null, rolesOf(one.roles), offices && ` · ${officesOf(one.officeCodes)}`),
      h("div", { class: "buttons" },
        button("again", one, t("people.again"), ({ currentTarget }) => act(currentTarget, () => change(INVITE_USER, { input: again(one) }))),
        one.state === "ACTIVE" && button("revoke", one, t("programs.revoke"),
          ({ currentTarget }) => act(currentTarget, () => change(REVOKE_USER_INVITATION, { input: { invitationId: one.id } })), "danger")));
  }

  const step = ({ kind, at, actor, email, roles, officeCodes }) => h("li", { "data-step": kind },
    h("strong", null, t(`person.${kind}`), " · ", email),
    h("small", null, [instant(at), actor, roles && rolesOf(roles), officeCodes && officesOf(officeCodes)].filter(Boolean).join(" · ")));

  const choices = (given) => h("fieldset", { "data-path": "roles" }, h("legend", null, t("people.roles")), h("div", { class: "choices" }, ROLES.map((role) =>
    h("label", { class: "choice" }, h("input", { type: "checkbox", name: "role", value: role, checked: given.includes(role) }),
      h("span", null, t(`role.${role}`), h("small", null, ` ${t(`people.may.${role}`)}`))))));

  const officeField = (codes) => offices && field(t("people.officesField"),
    h("input", { name: "offices", "data-path": "officeCodes", autocomplete: "off", spellcheck: "false", value: (codes ?? []).join(", "), class: "codes" }), { hint: t("people.officesHint") });

  const chosen = (form) => ({
    roles: [...form.querySelectorAll("[name=role]:checked")].map(({ value }) => value),
    officeCodes: codesIn(form.elements.offices?.value ?? ""),
  });

  function changeForm(one) {
    return form(one.id, t("notices.save"), (target) => {
      const { roles, officeCodes } = chosen(target);
      const works = [];
      if (roles.join() !== [...one.roles].sort((a, b) => ROLES.indexOf(a) - ROLES.indexOf(b)).join()) {
        works.push(() => change(SET_ROLES, { input: { userId: one.id, roles } }));
      }
      if (offices && officeCodes.sort().join() !== [...(one.officeCodes ?? [])].sort().join()) {
        works.push(() => change(LIMIT_USER, { input: { userId: one.id, officeCodes } }));
      }
      return works;
    }, choices(one.roles), officeField(one.officeCodes));
  }

  function inviteForm() {
    const email = h("input", { type: "email", required: true, maxlength: "254", name: "email", autocomplete: "off" });
    const name = h("input", { maxlength: "255", name: "name", autocomplete: "off" });
    const language = h("select", { name: "language" }, Object.entries(LANGUAGES).map(([code, words]) =>
      h("option", { value: code.toUpperCase(), selected: code === currentLanguage() }, words)));
    return form("new", t("people.send"), (target) => [() => change(INVITE_USER, {
      input: { email: email.value.trim(), name: name.value, language: language.value, ...chosen(target) },
    })],
    h("div", { class: "grid" }, field(t("people.email"), email, { hint: t("people.emailHint") }), field(t("people.name"), name), field(t("language"), language)),
    choices([]), officeField(null));
  }

  function form(key, words, works, ...parts) {
    const send = h("button", { type: "submit", class: "primary" }, words);
    const submit = (event) => {
      event.preventDefault();
      act(send, ...works(event.target));
    };
    const cancel = h("button", { type: "button", class: "quiet", onclick: () => edit(null) }, t("form.cancel"));
    return h("form", { class: "address-form", "data-form": key, onsubmit: submit }, parts, h("div", { class: "buttons" }, cancel, send));
  }

  draw();
  load();
  return { element, translate: draw, recover: load };
}
