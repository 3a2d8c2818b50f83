"""Who stays connected is looked at again: what is withdrawn anywhere ends sockets and streams everywhere."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from structlog.testing import capture_logs

from tramesa.models.domain.transitions import UserRole
from tramesa.models.identifiers import new_id
from tramesa.models.people.standing import Shown, Standing, read_standing
from tramesa.models.tables import ApiToken, Session, User
from tramesa.tests.conftest import SECRET
from tramesa.tests.following import END, FOLLOW, open_events
from tramesa.tests.servers.inprocess import listening
from tramesa.tests.servers.process import ServerProcess
from tramesa.tests.sockets import open_socket
from tramesa.tests.world import Person, World

PASSWORD = "a long enough password"
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
REFRESH = "mutation ($i: RefreshSessionInput!) { refreshSession(input: $i) { errors { code } } }"
PROMISE = 5.0
"""Seconds within which what is withdrawn ends."""


class Guest:
    """Somebody of a party of his or her own, with a session and an API token."""

    def __init__(self, person: Person, access: str, refresh: str) -> None:
        self.person, self.access, self.refresh = person, access, refresh


async def guest(world: World) -> Guest:
    person = await world.person(UserRole.ADMIN, UserRole.ISSUER, password_hash=QUICK)
    tokens = await world.services.authority.sign_in(person.email, PASSWORD, "127.0.0.1")
    return Guest(person, tokens.access, tokens.refresh)


async def sign_out(world: World, guest: Guest) -> None:
    await world.execute("mutation { signOut { errors { code } } }", {}, guest.access)


async def use_a_refresh_token_twice(world: World, guest: Guest) -> None:
    for _ in range(2):
        await world.execute(REFRESH, {"i": {"refreshToken": guest.refresh}})


async def end_the_session(world: World, guest: Guest) -> None:
    await Session.filter(user_id=guest.person.user_id).update(expires_at=datetime.now(UTC))


async def revoke_the_api_token(world: World, guest: Guest) -> None:
    await ApiToken.filter(user_id=guest.person.user_id).update(revoked_at=datetime.now(UTC))


async def withdraw_a_role(world: World, guest: Guest) -> None:
    await User.filter(id=guest.person.user_id).update(roles="ISSUER")


async def shut_the_person_out(world: World, guest: Guest) -> None:
    await User.filter(id=guest.person.user_id).update(active=False)


async def remove_the_person(world: World, guest: Guest) -> None:
    await User.filter(id=guest.person.user_id).delete()


async def move_to_another_party(world: World, guest: Guest) -> None:
    await User.filter(id=guest.person.user_id).update(party_id=(await world.person()).party_id)


OF_A_SESSION = (
    sign_out,
    use_a_refresh_token_twice,
    end_the_session,
    withdraw_a_role,
    shut_the_person_out,
    remove_the_person,
    move_to_another_party,
)
OF_A_TOKEN = (revoke_the_api_token, withdraw_a_role, shut_the_person_out, remove_the_person, move_to_another_party)
WITHDRAWALS = [*((withdraw, False) for withdraw in OF_A_SESSION), *((withdraw, True) for withdraw in OF_A_TOKEN)]


async def test_what_is_withdrawn_ends_in_every_process_within_five_seconds(world: World, tmp_path: Path) -> None:
    environment = {"TRAMESA_DATABASE_URL": world.services.settings.database_url, "TRAMESA_SECRET_KEY": SECRET}
    guests = [await guest(world) for _ in WITHDRAWALS]
    spared = await guest(world)

    async with ServerProcess(tmp_path / "log", environment) as other, AsyncExitStack() as opened:
        sockets, streams = [], []
        for person, (_, by_token) in zip(guests, WITHDRAWALS, strict=True):
            token = person.person.token if by_token else person.access
            sockets.append(await opened.enter_async_context(open_socket(other.url, token)))
            await sockets[-1].subscribe("1", FOLLOW)
            streams.append(await opened.enter_async_context(open_events(other.url, token)))
            await streams[-1].block()
        stays = [await opened.enter_async_context(open_socket(other.url, token)) for token in (spared.access, None)]
        with world.services.database.bound():
            await withdraw_all(world, guests)
        async with asyncio.timeout(PROMISE):
            ends = await asyncio.gather(*(socket.end() for socket in sockets))
            last = [await events.next() for events in streams]
            await asyncio.gather(*(socket.pong() for socket in stays))

        assert "Traceback" not in other.output

    assert ends == [(4403, "Forbidden")] * len(WITHDRAWALS)
    assert [response["errors"][0]["extensions"] for response in last] == [{"code": "UNAUTHENTICATED"}] * len(last)
    assert [await events.block() for events in streams] == [END] * len(streams)


async def withdraw_all(world: World, guests: list[Guest]) -> None:
    for person, (withdraw, _) in zip(guests, WITHDRAWALS, strict=True):
        await withdraw(world, person)


async def test_a_role_that_is_added_or_another_session_that_ends_is_no_matter(small_world: World) -> None:
    someone = await guest(small_world)
    other = await small_world.services.authority.sign_in(someone.person.email, PASSWORD, "127.0.0.1")

    async with listening(small_world.app) as url, open_socket(url, someone.access) as socket:
        with small_world.services.database.bound():
            await User.filter(id=someone.person.user_id).update(roles="ISSUER,ADMIN,ACCOUNTANT")
        await small_world.execute("mutation { signOut { errors { code } } }", {}, other.access)
        await small_world.services.watch.look()
        await socket.pong()
        await socket.subscribe("1", "{ viewer { roles } }")
        answer = await socket.receive()

    assert answer["payload"]["data"] == {"viewer": {"roles": ["ACCOUNTANT", "ADMIN", "ISSUER"]}}


async def test_one_look_asks_once_however_many_there_are(small_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    services, asked = small_world.services, 0
    fetch: Callable[..., Awaitable[Any]] = services.database.fetch

    async def counted(*given: Any) -> Any:
        nonlocal asked
        asked += 1
        return await fetch(*given)

    async with listening(small_world.app) as url, AsyncExitStack() as opened:
        for _ in range(3):
            someone = await guest(small_world)
            for token in (someone.access, someone.access, someone.person.token):
                await opened.enter_async_context(open_socket(url, token))
        monkeypatch.setattr(services.database, "fetch", counted)
        await services.watch.look()

        assert asked == 2  # sessions, tokens


async def test_while_the_database_is_away_nobody_is_sent_away(
    small_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch, stop, looks = small_world.services.watch, asyncio.Event(), 0
    monkeypatch.setattr("tramesa.server.watching.EVERY", 0)

    async def unreachable(*_: Any) -> Any:
        nonlocal looks
        looks += 1
        if looks == 3:
            stop.set()
        raise OSError

    async with listening(small_world.app) as url, open_socket(url, (await guest(small_world)).access) as socket:
        with monkeypatch.context() as patched, capture_logs() as logs:
            patched.setattr(small_world.services.database, "fetch", unreachable)
            await watch.run(stop)
        await socket.pong()

    assert [log["event"] for log in logs] == ["watch_unreachable"] * 3


async def test_what_credentials_are_worth(world: World) -> None:
    first, second = await guest(world), await guest(world)
    database, authority = world.services.database, world.services.authority
    shown = [
        (await authority.authenticate(token)).shown
        for token in (first.access, first.person.token, second.access, second.person.token)
    ]
    unknown = [Shown("session", str(new_id())), Shown("api_token", "0" * 64), Shown("api_token", "x")]
    await sign_out(world, second)

    found = await read_standing(database, [*shown, *unknown], datetime.now(UTC))
    later = await read_standing(database, shown, datetime.now(UTC) + timedelta(days=30))

    worth = Standing(first.person.party_id, frozenset({UserRole.ADMIN, UserRole.ISSUER}))
    of_another = Standing(second.person.party_id, worth.roles)
    assert found == {shown[0]: worth, shown[1]: worth, shown[3]: of_another}
    assert later == {shown[1]: worth, shown[3]: of_another}
