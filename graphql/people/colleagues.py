"""The people of one's party, for its administrators."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import strawberry

from ...models.identifiers import global_id, key_of
from ...models.people.administration import manager_of
from ...models.people.colleagues import Colleague, change_active, change_roles, limit_to_offices, read_colleagues
from ..changing import attempt
from ..context import Info
from ..enums import UserRole
from ..errors import UserError
from ..scalars import DateTime

_PERSON = "Global id of the person, as `partyUsers` and `viewer` tell it."


@strawberry.type(description="A person of your party.")
class PartyUser:
    """Resolved from ``models.people.colleagues.Colleague``."""

    name: str = strawberry.field(description="The name that history shows for what this person does.")
    email: str = strawberry.field(description="The address that he or she signs in with.")
    active: bool = strawberry.field(description="False where he or she has been shut out.")
    created_at: DateTime = strawberry.field(description="Since when he or she is here.")
    last_sign_in_at: DateTime | None = strawberry.field(
        description="When he or she opened a session last; null for who never has."
    )
    last_administrator: bool = strawberry.field(
        description="Nobody else administers your party, so neither this role nor access can be withdrawn"
        " (LAST_ADMINISTRATOR)."
    )

    @strawberry.field(description="The same id as `Viewer.id`.")
    @staticmethod
    def id(root: strawberry.Parent[Colleague]) -> strawberry.ID:
        return strawberry.ID(global_id("Viewer", root.key))

    @strawberry.field(description="What he or she may do for the party.")
    @staticmethod
    def roles(root: strawberry.Parent[Colleague]) -> list[UserRole]:
        return sorted(root.roles)

    @strawberry.field(
        description="The DIR3 codes that he or she is limited to: as receiver, only invoices that name one of them are"
        " seen, anywhere. Null for all."
    )
    @staticmethod
    def office_codes(root: strawberry.Parent[Colleague]) -> list[str] | None:
        return None if root.offices is None else list(root.offices)


@strawberry.input(description="A person, and the offices that he or she is limited to.")
class LimitUserToOfficesInput:
    """Of ``limitUserToOffices``."""

    user_id: strawberry.ID = strawberry.field(description=_PERSON)
    office_codes: list[str] | None = strawberry.field(
        description="At most 100 DIR3 codes of your offices, whatever their role; null or an empty list lifts it.",
        default=None,
    )


@strawberry.input(description="A person, and what he or she may do.")
class SetUserRolesInput:
    """Of ``setUserRoles``."""

    user_id: strawberry.ID = strawberry.field(description=_PERSON)
    roles: list[UserRole] = strawberry.field(description="All that he or she has from now on; none leaves reading.")


@strawberry.input(description="A person, and whether he or she may come in.")
class SetUserActiveInput:
    """Of ``setUserActive``."""

    user_id: strawberry.ID = strawberry.field(description=_PERSON)
    active: bool = strawberry.field(description="False shuts out, true lets in again.")


@strawberry.type(description="The person after the change; or what stood in its way.")
class PartyUserPayload:
    """Of each of them."""

    user: PartyUser | None = strawberry.field(description="As he or she is now; null where it was refused.")
    errors: list[UserError] = strawberry.field(
        description="NOT_FOUND, FORBIDDEN, INVALID or LAST_ADMINISTRATOR, or empty."
    )


@strawberry.type
class ColleagueQueries:
    """Reading."""

    @strawberry.field(
        description="The people of your party by name, those shut out too; at most 500. Administrators only, others"
        " get FORBIDDEN."
    )
    @staticmethod
    async def party_users(info: Info) -> list[PartyUser]:
        return await read_colleagues(info.context.database, info.context.signed_in())  # type: ignore[return-value]


@strawberry.type
class ColleagueMutations:
    """Changing."""

    @strawberry.field(
        description="Let a person see, as receiver, only invoices that name one of these offices: in lists, by id, in"
        " history, feeds, sums, searches and downloads. Counts from the next operation; within five seconds sockets"
        " close with 4403 and come back with what is seen now. Admin."
    )
    @staticmethod
    async def limit_user_to_offices(info: Info, input: LimitUserToOfficesInput) -> PartyUserPayload:  # noqa: A002
        async def work() -> Colleague:
            context, key = info.context, key_of("Viewer", input.user_id)
            manager, now = manager_of(context.signed_in()), context.authority.clock()
            return await limit_to_offices(context.database, manager, key, input.office_codes, now)

        return await _changed(info, work)

    @strawberry.field(description="Give a person of your party just these roles. One administrator stays. Admin.")
    @staticmethod
    async def set_user_roles(info: Info, input: SetUserRolesInput) -> PartyUserPayload:  # noqa: A002
        async def work() -> Colleague:
            context, key = info.context, key_of("Viewer", input.user_id)
            manager, now = manager_of(context.signed_in()), context.authority.clock()
            return await change_roles(context.database, manager, key, input.roles, now)

        return await _changed(info, work)

    @strawberry.field(
        description="Shut a person of your party out, or let him or her in again. Shutting out ends sessions, API"
        " tokens and what is followed, for good: who is let in again signs in anew. One administrator stays. Admin."
    )
    @staticmethod
    async def set_user_active(info: Info, input: SetUserActiveInput) -> PartyUserPayload:  # noqa: A002
        async def work() -> Colleague:
            context, key = info.context, key_of("Viewer", input.user_id)
            manager, now = manager_of(context.signed_in()), context.authority.clock()
            return await change_active(context.database, manager, key, now, active=input.active)

        return await _changed(info, work)


async def _changed(info: Info, work: Callable[[], Awaitable[Colleague]]) -> PartyUserPayload:
    user, errors = await attempt(info, work)
    return PartyUserPayload(user=user, errors=errors)  # type: ignore[arg-type]
