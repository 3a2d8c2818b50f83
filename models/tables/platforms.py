"""Other platforms: which there are, who lives there, which invoices go to them or came from them."""

from __future__ import annotations

from typing import Any

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from .keys import id_key
from .queued import Queued


def _platform(name: str) -> Any:
    return fields.ForeignKeyField("models.Platform", related_name=name, on_delete=fields.RESTRICT, db_index=False)


class Platform(Model):
    """Another platform. ``address`` is what its tokens are issued by, ``kind`` names the adapter that speaks with it.

    ``told`` is the last position given in the feed of what it is told, ``taken`` the cursor in its own feed up to
    which this server has read (null: nothing yet).
    """

    id = id_key()
    name = fields.CharField(max_length=100, unique=True)
    address = fields.CharField(max_length=512, unique=True)
    kind = fields.CharField(max_length=16, default="TRAMESA")
    keys = fields.TextField()
    """JSON: its public keys as JWKs, any of which it may sign with."""
    source = fields.CharField(max_length=8)
    """COMMAND, or FILE where it is in the file of ``TRAMESA_PLATFORMS``."""
    active = fields.BooleanField(default=True)
    told = fields.BigIntField(default=0)
    taken = fields.CharField(max_length=255, null=True)
    next_pull_at = fields.DatetimeField()
    last_heard_at = fields.DatetimeField(null=True)
    """When it last answered."""
    last_error = fields.TextField(null=True)
    """Why it did not, since then."""
    created_at = fields.DatetimeField()

    class Meta:
        table = "platform"


class PlatformKey(Model):
    """This server's own keys, which its tokens and receipts are signed with. ``state`` is NEXT, CURRENT or FORMER.

    ``place`` counts them, so that of two processes that make the first one only one does.
    """

    id = id_key()
    place = fields.IntField(unique=True)
    kid = fields.CharField(max_length=64, unique=True)
    state = fields.CharField(max_length=8)
    public = fields.TextField()
    """JSON: the public key as a JWK."""
    sealed_key = fields.BinaryField()
    created_at = fields.DatetimeField()

    class Meta:
        table = "platform_key"


class DirectoryEntry(Model):
    """What is known of a tax id's life on a platform: ENTERED by an operator, or ASKED of the platform."""

    id = fields.BigIntField(primary_key=True)
    tax_id = fields.CharField(max_length=30)
    platform = _platform("directory")
    source = fields.CharField(max_length=8)
    lives = fields.BooleanField()
    """False: it was asked, and does not know the tax id."""
    name = fields.CharField(max_length=255, null=True)
    kind = fields.CharField(max_length=16, null=True)
    asked_at = fields.DatetimeField()

    class Meta:
        table = "directory_entry"
        unique_together = (("tax_id", "platform_id"),)


class Exchange(Model):
    """An invoice that goes to another platform (OUT) or came from one (IN).

    ``remote_id`` is the invoice's id over there. ``state`` is TRAVELLING, ARRIVED or REFUSED. ``version`` is the last
    of the far side's versions that is known here (OUT), or the last of ours that the far side knows (IN).
    """

    invoice: Any = fields.OneToOneField(
        "models.Invoice", related_name="exchange", primary_key=True, on_delete=fields.RESTRICT
    )
    platform = _platform("exchanges")
    direction = fields.CharField(max_length=3)
    state = fields.CharField(max_length=10)
    remote_id = fields.CharField(max_length=255, null=True)
    sha256 = fields.CharField(max_length=64)
    version = fields.IntField(default=1)
    receipt = fields.TextField(null=True)
    """A JWS of the receiving platform: what it has taken over, and when."""
    sent_at = fields.DatetimeField()
    arrived_at = fields.DatetimeField(null=True)

    class Meta:
        table = "exchange"
        unique_together = (("platform_id", "direction", "remote_id"),)


class CancellationTravel(Model):
    """A request of cancellation that goes to another platform (OUT) or came from one (IN).

    ``key`` is what both platforms call it: the UUID of its first event where it was made. ``state`` is TRAVELLING,
    ARRIVED or ENDED, ``answer_id`` the event that ended it.
    """

    id = id_key()
    platform = _platform("cancellations")
    invoice: Any = fields.ForeignKeyField(
        "models.Invoice", related_name="cancellation_travels", on_delete=fields.RESTRICT, db_index=False
    )
    direction = fields.CharField(max_length=3)
    key = fields.CharField(max_length=64)
    state = fields.CharField(max_length=10)
    withdrawn_at = fields.DatetimeField(null=True)
    """Since when its issuer wants it taken back. It is, once the other platform says so."""
    withdrawn_by = fields.CharField(max_length=255, null=True)
    withdrawn_user_id = fields.UUIDField(null=True)
    answer_id = fields.UUIDField(null=True)
    sent_at = fields.DatetimeField()
    arrived_at = fields.DatetimeField(null=True)

    class Meta:
        table = "cancellation_travel"
        unique_together = (("platform_id", "direction", "key"),)
        indexes = (
            Index(fields=("invoice_id", "id"), name="cancellation_travel_invoice"),
            Index(fields=("platform_id", "direction", "state", "id"), name="cancellation_travel_open"),
        )


class PlatformDelivery(Queued):
    """The outbox to other platforms. ``kind`` is INVOICE, or STATUS for a change that the origin must be told.

    CANCELLATION hands over a request, and what its issuer wants of it since, ANSWER tells how one ended.

    The rows of STATUS are, in the order of ``position``, the feed that the platform reads for itself.
    """

    kind = fields.CharField(max_length=16)
    platform = _platform("deliveries")
    invoice: Any = fields.ForeignKeyField(
        "models.Invoice", related_name="platform_deliveries", on_delete=fields.RESTRICT, db_index=False
    )
    change: Any = fields.ForeignKeyField(
        "models.StatusChange", related_name="platform_deliveries", on_delete=fields.RESTRICT, null=True, db_index=False
    )
    cancellation_id = fields.UUIDField(null=True)
    """The request of CANCELLATION and ANSWER, a row of ``cancellation_travel``."""
    position = fields.BigIntField(null=True)

    class Meta:
        table = "platform_delivery"
        unique_together = (("platform_id", "position"), ("change_id", "platform_id"))
        indexes = (
            Index(fields=("state", "next_attempt_at"), name="platform_delivery_due"),
            Index(fields=("invoice_id", "created_at"), name="platform_delivery_invoice"),
            Index(fields=("platform_id", "state", "next_attempt_at", "id"), name="platform_delivery_platform"),
        )


class UsedToken(Model):
    """The ``jti`` of a platform's token that was shown, kept until the token has expired."""

    id = fields.BigIntField(primary_key=True)
    platform = _platform("used_tokens")
    jti = fields.CharField(max_length=64)
    expires_at = fields.DatetimeField()

    class Meta:
        table = "used_token"
        unique_together = (("platform_id", "jti"),)
        indexes = (Index(fields=("expires_at",), name="used_token_expiry"),)
