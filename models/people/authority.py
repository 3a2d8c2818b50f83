"""Who may come in: sessions with short access tokens and rotating refresh tokens, API tokens, limited attempts."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from tortoise.expressions import Q

from ..database import Database, Row, Unit
from ..domain.errors import BadCredentials
from ..domain.faults import Unauthenticated
from ..domain.scopes import ALL_SCOPES, Scope, scopes_of
from ..domain.transitions import PartyKind
from ..identifiers import new_id
from ..sql import Statement, as_instant
from ..tables import RefreshToken, Session, SignInAttempt, User
from ..viewer import Viewer
from .attempts import Limit, count_attempt
from .parties import MAX_EMAIL, find_user, fold_email
from .passwords import hash_password, verify_password
from .standing import Shown, office_limit, roles_of
from .tokens import API_TOKEN_PREFIX, NewToken, TokenUses, create_token, digest_of

ACCESS_LIFETIME = timedelta(minutes=15)
SESSION_LIFETIME = timedelta(days=30)
ATTEMPTS_PER_EMAIL = 10
ATTEMPTS_PER_ADDRESS = 100
SIMULTANEOUS_CHECKS = 4

_VIEWER = (
    "SELECT u.id, u.name, u.email, u.roles, p.id, p.tax_id, p.name, p.kind, u.offices, {extra}"
    " FROM {source} t JOIN person u ON u.id = t.user_id JOIN party p ON p.id = u.party_id"
    " WHERE {key} AND t.revoked_at IS NULL AND u.active = true"
)


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a client gets when it signs in or refreshes. ``expires_at`` is the access token's."""

    access: str
    refresh: str
    expires_at: datetime
    viewer: Viewer


@dataclass(frozen=True, slots=True)
class Credentials:
    """A viewer, and until when the credentials shown are good; None without an end. ``shown`` finds them again."""

    viewer: Viewer
    expires_at: datetime | None
    shown: Shown
    scopes: frozenset[Scope] = ALL_SCOPES
    """What of the viewer's rights they give; a session gives all."""


class Authority:
    """Issues and checks credentials. ``secret`` signs access tokens and links; ``clock`` gives aware instants."""

    def __init__(
        self,
        database: Database,
        secret: str,
        *,
        access_lifetime: timedelta = ACCESS_LIFETIME,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database = database
        self._key = hashlib.sha256(b"tramesa access\x00" + secret.encode()).digest()
        self._lifetime = access_lifetime
        self.clock = clock
        self.uses = TokenUses()
        # Each check takes a core for 70 ms and 19 MiB, and no more guesses than these can be under way uncounted.
        self._checks = asyncio.Semaphore(SIMULTANEOUS_CHECKS)

    async def sign_in(self, email: str, password: str, address: str) -> Tokens:
        """Open a session. :class:`BadCredentials` looks and takes the same for a wrong address and a wrong password.

        :class:`RateLimited` after ten failures for one e-mail address or a hundred from one network address within a
        quarter of an hour; success forgets those of the e-mail address.
        """
        user = await self._checked(email, password, address)
        if user is None:
            raise BadCredentials(path=("input",))
        return await self.open_session(str(user.id), user.password_hash)

    async def check_password(self, email: str, password: str, address: str) -> str | None:
        """The hash that is kept of a password, where it is the right one; counted like an attempt to sign in."""
        user = await self._checked(email, password, address)
        return None if user is None else user.password_hash

    async def _checked(self, email: str, password: str, address: str) -> User | None:
        email = fold_email(email)
        async with self._checks:
            subjects = [digest_of(f"email:{email}"), digest_of(f"address:{address}")]
            limits = (Limit(subjects[0], ATTEMPTS_PER_EMAIL), Limit(subjects[1], ATTEMPTS_PER_ADDRESS))
            attempts = await count_attempt(self._database, limits, self.clock())
            with self._database.bound():
                # An address longer than any that is kept would be refused by Tortoise, with itself in the error.
                known = len(email) <= MAX_EMAIL
                user = await User.filter(email=email, active=True).first() if known else None
            good = await verify_password(user.password_hash if user else None, password)
            if not good or user is None:
                return None
            with self._database.bound():
                await SignInAttempt.filter(Q(id__in=attempts) | Q(subject=subjects[0])).delete()
        return user

    async def open_session(self, user_id: str, password_hash: str | None = None) -> Tokens:
        """A session of somebody who has just proved to be who he or she is, by a password if one is given.

        :class:`BadCredentials` where the person has been shut out meanwhile, or has another password.
        """
        session_id = str(new_id())
        now = self.clock()

        async def work(unit: Unit) -> str:
            await _note_sign_in(unit, user_id, password_hash, now)
            await Session.create(id=session_id, user_id=user_id, created_at=now, expires_at=now + SESSION_LIFETIME)
            return await self._new_refresh_token(session_id)

        refresh = await self._database.unit_of_work(work)
        return await self._tokens(session_id, user_id, refresh)

    async def hash_password(self, password: str) -> str:
        """The hash to keep of a new password; no more at once than there are checks."""
        async with self._checks:
            return await hash_password(password)

    async def refresh(self, refresh_token: str) -> Tokens:
        """Exchange a refresh token for new ones. Using one twice revokes everything that came of the sign-in."""
        digest = digest_of(refresh_token)

        async def work(unit: Unit) -> tuple[Session, str] | None:
            token = await RefreshToken.filter(hash=digest).select_related("session").first()
            now = self.clock()
            if token is None or token.session.revoked_at is not None or token.session.expires_at <= now:
                raise BadCredentials("This session has ended: sign in again.", path=("input", "refreshToken"))
            query = Statement(unit.dialect)
            used = await unit.execute(
                f"UPDATE refresh_token SET used_at = {query.bind(now)}"
                f" WHERE hash = {query.bind(digest)} AND used_at IS NULL",
                query.values,
            )
            if used == 0:
                await Session.filter(id=token.session.id).update(revoked_at=now)
                return None
            return token.session, await self._new_refresh_token(str(token.session.id))

        outcome = await self._database.unit_of_work(work)
        if outcome is None:
            raise BadCredentials(
                "This refresh token was used before, so the session has been closed: sign in again.",
                path=("input", "refreshToken"),
            )
        session, refresh = outcome
        return await self._tokens(str(session.id), str(session.user_id), refresh)  # type: ignore[attr-defined]

    async def sign_out(self, viewer: Viewer) -> None:
        """Close the viewer's session with all its tokens; an API token is not a session and stays good."""
        if viewer.session_id is not None:
            with self._database.bound():
                await Session.filter(id=viewer.session_id, revoked_at=None).update(revoked_at=self.clock())

    async def authenticate(self, token: str) -> Credentials:
        """Who shows this bearer token, as he or she stands now; :class:`Unauthenticated` for anything not good."""
        if token.startswith(API_TOKEN_PREFIX):
            return await self._api_viewer(token)
        try:
            claims = jwt.decode(
                token,
                self._key,
                algorithms=["HS256"],
                options={"require": ["exp", "sid", "sub"], "verify_exp": False, "verify_iat": False},
            )
            expires_at = datetime.fromtimestamp(int(claims["exp"]), UTC)
        except (jwt.InvalidTokenError, ValueError, TypeError, OverflowError):
            raise Unauthenticated from None
        if expires_at <= self.clock():
            raise Unauthenticated("The access token has expired: refresh the session.")
        viewer = await self._session_viewer(str(claims["sid"]))
        return Credentials(viewer, expires_at, Shown("session", str(claims["sid"])))

    async def viewer_of_user(self, user_id: str) -> Viewer:
        """A person as he or she stands now, for a link signed for him or her; else :class:`Unauthenticated`."""
        query = Statement(self._database.dialect)
        found = await self._database.fetch(
            "SELECT u.id, u.name, u.email, u.roles, p.id, p.tax_id, p.name, p.kind, u.offices FROM person u"
            f" JOIN party p ON p.id = u.party_id WHERE u.id = {query.bind(user_id)} AND u.active = true",
            query.values,
        )
        if not found:
            raise Unauthenticated
        return _viewer(found[0], None)

    async def create_api_token(
        self, email: str, name: str, *, scopes: Collection[Scope] = ALL_SCOPES, expires_at: datetime | None = None
    ) -> str | None:
        """A token for a program that acts as a user, shown this once; None where there is no such user."""
        user_id = await find_user(self._database, email)
        if user_id is None:
            return None
        wanted = NewToken(name=name, scopes=frozenset(scopes), expires_at=expires_at)
        return (await create_token(self._database, user_id, wanted, self.clock())).token

    async def _api_viewer(self, token: str) -> Credentials:
        query, digest = Statement(self._database.dialect), digest_of(token)
        sql = _VIEWER.format(extra="t.expires_at, t.scopes", source="api_token", key=f"t.hash = {query.bind(digest)}")
        found = await self._database.fetch(sql, query.values)
        if not found:
            raise Unauthenticated
        expires_at, scopes = found[0][9:]
        ends, now = None if expires_at is None else as_instant(expires_at), self.clock()
        if ends is not None and ends <= now:
            raise Unauthenticated("This API token has expired.")
        self.uses.note(digest, now)
        return Credentials(_viewer(found[0], None), ends, Shown("api_token", digest), scopes_of(scopes))

    async def _session_viewer(self, session_id: str) -> Viewer:
        query = Statement(self._database.dialect)
        sql = _VIEWER.format(extra="t.expires_at", source="session", key=f"t.id = {query.bind(session_id)}")
        found = await self._database.fetch(sql, query.values)
        if not found or as_instant(found[0][9]) <= self.clock():
            raise Unauthenticated
        return _viewer(found[0], session_id)

    async def _tokens(self, session_id: str, user_id: str, refresh: str) -> Tokens:
        expires_at = (self.clock() + self._lifetime).replace(microsecond=0)
        claims: dict[str, Any] = {"sub": user_id, "sid": session_id, "exp": int(expires_at.timestamp())}
        access = jwt.encode(claims, self._key, algorithm="HS256")
        return Tokens(access, refresh, expires_at, await self._session_viewer(session_id))

    async def _new_refresh_token(self, session_id: str) -> str:
        token = secrets.token_urlsafe(32)
        await RefreshToken.create(hash=digest_of(token), session_id=session_id, created_at=self.clock())
        return token


async def _note_sign_in(unit: Unit, user_id: str, password_hash: str | None, now: datetime) -> None:
    """Whoever takes a person's access or password away either sees the session that comes of this, or is seen here."""
    query = Statement(unit.dialect)
    sql = f"UPDATE person SET last_sign_in_at = {query.bind(now)} WHERE id = {query.bind(user_id)} AND active = true"
    if password_hash is not None:
        sql += f" AND password_hash = {query.bind(password_hash)}"
    if await unit.execute(sql, query.values) != 1:
        raise BadCredentials(path=("input",))


def _viewer(row: Row, session_id: str | None) -> Viewer:
    user_id, name, email, roles, party_id, tax_id, party_name, kind, offices = row[:9]
    return Viewer(
        user_id=str(user_id),
        name=name,
        email=email,
        roles=roles_of(roles),
        party_id=str(party_id),
        party_tax_id=tax_id,
        party_name=party_name,
        party_kind=PartyKind(kind),
        session_id=session_id,
        offices=office_limit(offices),
    )
