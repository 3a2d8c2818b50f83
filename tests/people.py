"""What tests of a party's people have in common: what is asked, and the links in the mails that were sent."""

from __future__ import annotations

import re
from typing import Any

from tramesa.models.identifiers import global_id
from tramesa.tests.onboarding import sent_mails, text_of
from tramesa.tests.world import Person, World

PASSWORD = "a long enough password"
LINK = re.compile(r"/live\?(join|password)#((?:[34679A-Y]{5}-){5}[34679A-Y]{5}):(\S+)")
WRONG = {
    "code": "BAD_CREDENTIALS",
    "message": "This link was used before, has ended, or was replaced by a later one.",
    "path": ["input", "key"],
}

ERRORS = "errors { code message path }"
INVITE = f"""mutation ($input: InviteUserInput!) {{ inviteUser(input: $input) {{
  invitation {{ id email name roles officeCodes language state invitedBy usedAt revokedAt }} {ERRORS} }} }}"""
REVOKE = f"""mutation ($input: RevokeUserInvitationInput!) {{ revokeUserInvitation(input: $input) {{
  invitation {{ id state }} {ERRORS} }} }}"""
SESSION = f"accessToken refreshToken viewer {{ name email roles officeCodes party {{ taxId }} }} {ERRORS}"
JOIN = f"""mutation ($input: AcceptUserInvitationInput!) {{ acceptUserInvitation(input: $input) {{ {SESSION} }} }}"""
FORGOT = f"""mutation ($input: RequestPasswordResetInput!) {{ requestPasswordReset(input: $input) {{ {ERRORS} }} }}"""
RESET = f"""mutation ($input: ResetPasswordInput!) {{ resetPassword(input: $input) {{ {SESSION} }} }}"""
CHANGE = f"""mutation ($input: ChangePasswordInput!) {{ changePassword(input: $input) {{ {ERRORS} }} }}"""
SIGN_IN = f"""mutation ($input: SignInInput!) {{ signIn(input: $input) {{ {SESSION} }} }}"""
USERS = "{ partyUsers { id name email roles officeCodes active lastSignInAt lastAdministrator } }"
INVITED = "{ userInvitations { nodes { id email state invitedBy } } }"
LOG = "{ partyUserEvents { nodes { kind email actor roles officeCodes } } }"
ACTIVE = (
    f"""mutation ($input: SetUserActiveInput!) {{ setUserActive(input: $input) {{ user {{ active }} {ERRORS} }} }}"""
)
ROLES = f"""mutation ($input: SetUserRolesInput!) {{ setUserRoles(input: $input) {{ user {{ roles }} {ERRORS} }} }}"""


async def invite(admin: Person, email: str, *roles: str, **more: Any) -> dict[str, Any]:
    wanted = {"email": email, "roles": list(roles or ("ACCOUNTANT",)), **more}
    payload: dict[str, Any] = (await admin.ask(INVITE, input=wanted))["inviteUser"]
    return payload


async def links(world: World, address: str, what: str = "join") -> list[str]:
    """The keys that were mailed to an address, oldest first."""
    mails = [text_of(mail) for mail in await sent_mails(world) if mail["To"] == address]
    found = [match for mail in mails if (match := LINK.search(mail))]
    return [match[2] for match in found if match[1] == what]


async def send(world: World, query: str, token: str | None = None, **given: Any) -> dict[str, Any]:
    """The payload of a mutation, without credentials unless some are given."""
    response = await world.execute(query, {"input": given}, token)
    assert "errors" not in response, response["errors"]
    [payload] = response["data"].values()
    return dict(payload)


async def shut_out(admin: Person, person: Person, *, active: bool = False) -> dict[str, Any]:
    given = {"userId": global_id("Viewer", person.user_id), "active": active}
    payload: dict[str, Any] = (await admin.ask(ACTIVE, input=given))["setUserActive"]
    return payload
