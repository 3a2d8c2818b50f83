"""The tables, as Tortoise models. Only ``models`` writes them; lists are read as plain rows by ``models.reading``.

Money is kept as hundredths (``models.domain.money``), what a document says in detail as JSON text, written once.
Every order that invoices can be listed in has an index for each side that looks at them, led by the party: a reader
never pays for, nor learns from, what others have.

No semicolon in the docstrings of tables: Tortoise puts them into ``CREATE TABLE`` as comments and splits there.
"""

from __future__ import annotations

from typing import Any

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from .domain.numbering import NUMBER_LENGTH
from .identifiers import new_id


def _id() -> Any:
    return fields.UUIDField(primary_key=True, default=new_id)


def _party(name: str) -> Any:
    return fields.ForeignKeyField("models.Party", related_name=name, on_delete=fields.RESTRICT, db_index=False)


class Party(Model):
    """Somebody who sends or receives invoices. ``tax_id`` is normalised, the address is JSON or null."""

    id = _id()
    tax_id = fields.CharField(max_length=30, unique=True)
    name = fields.CharField(max_length=255)
    search_name = fields.CharField(max_length=512)
    kind = fields.CharField(max_length=16)
    registered = fields.BooleanField(default=True)
    manual_registration = fields.BooleanField(default=False)
    email = fields.CharField(max_length=512, null=True)
    language = fields.CharField(max_length=2, default="CA")
    mail_incoming = fields.BooleanField(default=True)
    address = fields.TextField(null=True)
    signature_required = fields.BooleanField(default=False, db_default=False)
    """Documents that it is sent must carry a trusted signature (rules HF04, HV01)."""
    offices = fields.TextField(null=True)
    """JSON: the DIR3 codes that invoices to it may name (rule RCF08001); NULL accepts all."""
    created_at = fields.DatetimeField()

    class Meta:
        table = "party"


class Counterparty(Model):
    """Who has ever traded with whom: finds parties by part of their name among those that a reader deals with."""

    id = fields.BigIntField(primary_key=True)
    owner = _party("counterparties_owned")
    role = fields.CharField(max_length=8)
    party = _party("counterparty_of")

    class Meta:
        table = "counterparty"
        unique_together = (("owner_id", "role", "party_id"),)


class Feed(Model):
    """The last position given in a party's feed of status changes, its row lock orders the changes."""

    id = fields.BigIntField(primary_key=True)
    party = _party("feeds")
    role = fields.CharField(max_length=8)
    position = fields.BigIntField(default=0)

    class Meta:
        table = "feed"
        unique_together = (("party_id", "role"),)


class RegistryCounter(Model):
    """The last registry number that the service gave for a receiver in a year."""

    id = fields.BigIntField(primary_key=True)
    party = _party("registry_counters")
    year = fields.IntField()
    position = fields.BigIntField(default=0)

    class Meta:
        table = "registry_counter"
        unique_together = (("party_id", "year"),)


class Invoice(Model):
    """An invoice and where it stands. ``duplicate_key`` is null once it is rejected or cancelled."""

    id = _id()
    issuer = _party("issued")
    receiver = _party("received")
    number = fields.CharField(max_length=NUMBER_LENGTH)
    series = fields.CharField(max_length=NUMBER_LENGTH, null=True)
    document_type = fields.CharField(max_length=16)
    invoice_class = fields.CharField(max_length=24)
    issue_date = fields.DateField()
    currency = fields.CharField(max_length=3)
    gross = fields.BigIntField()
    discounts = fields.BigIntField()
    charges = fields.BigIntField()
    taxable = fields.BigIntField()
    taxes = fields.BigIntField()
    withheld = fields.BigIntField()
    total = fields.BigIntField()
    payable = fields.BigIntField()
    status = fields.CharField(max_length=20)
    status_changed_at = fields.DatetimeField()
    version = fields.IntField(default=1)
    registry_number = fields.CharField(max_length=64, null=True)
    registered_at = fields.DatetimeField(null=True)
    rcf_number = fields.CharField(max_length=64, null=True)
    rejection_reason = fields.TextField(null=True)
    payment_date = fields.DateField(null=True)
    due_date = fields.DateField(null=True)
    seen = fields.BooleanField(default=False)
    notify_email = fields.CharField(max_length=512, null=True)
    duplicate_key = fields.CharField(max_length=512, null=True, unique=True)
    number_key = fields.CharField(max_length=512)
    full_number_key = fields.CharField(max_length=512)
    search_key = fields.CharField(max_length=600)
    created_at = fields.DatetimeField()

    class Meta:
        table = "invoice"
        unique_together = (("receiver_id", "registry_number"),)
        indexes = tuple(
            Index(fields=(f"{side}_id", *columns), name=f"invoice_{side}_{name}")
            for side in ("issuer", "receiver")
            for name, columns in (
                ("created", ("created_at", "id")),
                ("issued", ("issue_date", "id")),
                ("changed", ("status_changed_at", "id")),
                ("total", ("total", "id")),
                # Currency and payable too: a dashboard sums from the index alone.
                ("status", ("status", "created_at", "id", "currency", "payable")),
                ("unseen", ("seen", "created_at", "id")),
                ("party", ("receiver_id" if side == "issuer" else "issuer_id", "created_at", "id")),
                ("number", ("number_key",)),
                ("full", ("full_number_key",)),
                ("search", ("search_key", "id")),
            )
        )


class InvoiceContent(Model):
    """What the document says beyond the invoice's own columns, as JSON texts (``models.content`` writes and reads)."""

    invoice: Any = fields.OneToOneField(
        "models.Invoice", related_name="content", primary_key=True, on_delete=fields.RESTRICT
    )
    issuer = fields.TextField()
    receiver = fields.TextField()
    offices = fields.TextField()
    taxes = fields.TextField()
    lines = fields.TextField()
    payments = fields.TextField()
    corrects = fields.TextField(null=True)
    details = fields.TextField(null=True)
    findings = fields.TextField(null=True)
    """The warnings that it came in with. NULL, as details, where it came in before these were kept."""

    class Meta:
        table = "invoice_content"


class InvoiceDocument(Model):
    """The bytes as they came, never altered."""

    invoice: Any = fields.OneToOneField(
        "models.Invoice", related_name="document", primary_key=True, on_delete=fields.RESTRICT
    )
    format = fields.CharField(max_length=24)
    size = fields.IntField()
    sha256 = fields.CharField(max_length=64)
    signature = fields.CharField(max_length=16)
    signature_report = fields.TextField(null=True)
    """What the verification at entry found, as JSON. NULL where it came in before signatures were verified."""
    bytes = fields.BinaryField()

    class Meta:
        table = "invoice_document"


class Attachment(Model):
    """A file that came with an invoice, inside its document or beside it."""

    id = _id()
    invoice: Any = fields.ForeignKeyField(
        "models.Invoice", related_name="attachments", on_delete=fields.RESTRICT, db_index=False
    )
    position = fields.IntField()
    name = fields.CharField(max_length=255)
    media_type = fields.CharField(max_length=128)
    description = fields.TextField(null=True)
    size = fields.IntField()
    sha256 = fields.CharField(max_length=64)
    bytes = fields.BinaryField()

    class Meta:
        table = "attachment"
        unique_together = (("invoice_id", "position"),)


class StatusChange(Model):
    """One step of an invoice's history, and its place in both parties' feeds. Never altered, never removed.

    ``version`` is the invoice's version after the step, so that no step is recorded twice.
    """

    id = _id()
    invoice: Any = fields.ForeignKeyField(
        "models.Invoice", related_name="history", on_delete=fields.RESTRICT, db_index=False
    )
    version = fields.IntField()
    from_status = fields.CharField(max_length=20, null=True)
    to_status = fields.CharField(max_length=20)
    at = fields.DatetimeField()
    actor = fields.CharField(max_length=255)
    user_id = fields.UUIDField(null=True)
    automated = fields.BooleanField()
    registry_number = fields.CharField(max_length=64, null=True)
    rcf_number = fields.CharField(max_length=64, null=True)
    reason = fields.TextField(null=True)
    reason_code = fields.CharField(max_length=64, null=True)
    payment_date = fields.DateField(null=True)
    issuer = _party("changes_as_issuer")
    issuer_position = fields.BigIntField()
    receiver = _party("changes_as_receiver")
    receiver_position = fields.BigIntField()

    class Meta:
        table = "status_change"
        unique_together = (
            ("invoice_id", "version"),
            ("issuer_id", "issuer_position"),
            ("receiver_id", "receiver_position"),
        )


class User(Model):
    """A person who signs in, and what he or she may do for one party. ``roles`` are comma-joined, sorted."""

    id = _id()
    email = fields.CharField(max_length=512, unique=True)
    name = fields.CharField(max_length=255)
    password_hash = fields.CharField(max_length=255, null=True)
    party = _party("users")
    roles = fields.CharField(max_length=64)
    active = fields.BooleanField(default=True)
    created_at = fields.DatetimeField()

    class Meta:
        table = "person"


class Session(Model):
    """One sign-in and everything that was refreshed from it: the family that a reused refresh token revokes."""

    id = _id()
    user: Any = fields.ForeignKeyField("models.User", related_name="sessions", on_delete=fields.CASCADE, db_index=True)
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    revoked_at = fields.DatetimeField(null=True)

    class Meta:
        table = "session"


class RefreshToken(Model):
    """A refresh token, by its SHA-256, each is good once."""

    hash = fields.CharField(max_length=64, primary_key=True)
    session: Any = fields.ForeignKeyField(
        "models.Session", related_name="refresh_tokens", on_delete=fields.CASCADE, db_index=True
    )
    created_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)

    class Meta:
        table = "refresh_token"


class ApiToken(Model):
    """A token for a program that acts as a user, by its SHA-256."""

    id = _id()
    user: Any = fields.ForeignKeyField(
        "models.User", related_name="api_tokens", on_delete=fields.CASCADE, db_index=True
    )
    hash = fields.CharField(max_length=64, unique=True)
    name = fields.CharField(max_length=255)
    created_at = fields.DatetimeField()
    revoked_at = fields.DatetimeField(null=True)

    class Meta:
        table = "api_token"


class SignInAttempt(Model):
    """A failed or running attempt to sign in, ``subject`` is a hash of the address tried or of where it came from."""

    id = fields.BigIntField(primary_key=True)
    subject = fields.CharField(max_length=64)
    at = fields.DatetimeField()

    class Meta:
        table = "sign_in_attempt"
        indexes = (Index(fields=("subject", "at"), name="sign_in_attempt_subject"),)


class IdempotencyKey(Model):
    """What a caller's key stands for: the input it came with and what that brought about."""

    id = fields.BigIntField(primary_key=True)
    user: Any = fields.ForeignKeyField(
        "models.User", related_name="idempotency_keys", on_delete=fields.CASCADE, db_index=False
    )
    operation = fields.CharField(max_length=64)
    key = fields.CharField(max_length=255)
    input_hash = fields.CharField(max_length=64)
    invoice_id = fields.UUIDField()
    change_id = fields.UUIDField(null=True)
    created_at = fields.DatetimeField()

    class Meta:
        table = "idempotency_key"
        unique_together = (("user_id", "operation", "key"),)


class Certificate(Model):
    """What composed invoices are signed with: a party's own certificate or, without a party, the service's.

    The key is sealed with the service's secret (``models.certificates``).
    """

    id = _id()
    party: Any = fields.OneToOneField("models.Party", related_name="certificate", on_delete=fields.RESTRICT, null=True)
    subject = fields.TextField()
    tax_id = fields.CharField(max_length=30, null=True)
    serial = fields.CharField(max_length=64)
    not_before = fields.DatetimeField()
    not_after = fields.DatetimeField()
    fingerprint = fields.CharField(max_length=64)
    """SHA-256 of the certificate, 64 hexadecimal digits."""
    chain = fields.TextField()
    """PEM, the signing certificate first."""
    sealed_key = fields.BinaryField()
    created_at = fields.DatetimeField()

    class Meta:
        table = "certificate"


class MailMessage(Model):
    """The outbox. ``facts`` is JSON: what the template needs, as it was when the change happened.

    A worker claims a row by ``claimed_until``, a row whose claim ran out was left by a worker that died. ``state``
    is QUEUED, SENT or FAILED, ``id`` makes the ``Message-ID``, so it stays the same however often it is tried.
    """

    id = _id()
    kind = fields.CharField(max_length=16)
    party = _party("mail")
    invoice: Any = fields.ForeignKeyField(
        "models.Invoice", related_name="mail", on_delete=fields.RESTRICT, db_index=False
    )
    change: Any = fields.ForeignKeyField(
        "models.StatusChange", related_name="mail", on_delete=fields.RESTRICT, db_index=False
    )
    recipient = fields.CharField(max_length=512)
    language = fields.CharField(max_length=2)
    facts = fields.TextField()
    state = fields.CharField(max_length=8, default="QUEUED")
    attempts = fields.IntField(default=0)
    next_attempt_at = fields.DatetimeField()
    claimed_until = fields.DatetimeField(null=True)
    claimed_by = fields.CharField(max_length=64, null=True)
    last_code = fields.IntField(null=True)
    last_error = fields.TextField(null=True)
    request_id = fields.CharField(max_length=64, null=True)
    """The request that caused it, as the logs call it."""
    created_at = fields.DatetimeField()
    sent_at = fields.DatetimeField(null=True)

    class Meta:
        table = "mail_message"
        unique_together = (("change_id", "kind", "recipient"),)
        indexes = (
            Index(fields=("state", "next_attempt_at"), name="mail_message_due"),
            Index(fields=("party_id", "created_at"), name="mail_message_party"),
            Index(fields=("invoice_id",), name="mail_message_invoice"),
        )
