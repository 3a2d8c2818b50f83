"""Sums by month and by counterparty read one index alone, as those by state do; what digests told is found by its age."""

from tortoise import migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

_STATUS = ("status", "created_at", "id", "currency", "payable", "registered_on", "payment_date")
_OTHER = {"issuer": "receiver", "receiver": "issuer"}


def _former(side: str) -> Index:
    return Index(fields=[f"{side}_id", *_STATUS], name=f"invoice_{side}_status")


def _summed(side: str) -> Index:
    return Index(fields=[f"{side}_id", *_STATUS, "issue_date", f"{_OTHER[side]}_id"], name=f"invoice_{side}_summed")


class Migration(migrations.Migration):
    dependencies = [("models", "0018_cancellations_travel")]

    initial = False

    operations = [
        *(ops.AddIndex(model_name="Invoice", index=_summed(side)) for side in _OTHER),
        *(ops.RemoveIndex(model_name="Invoice", name=f"invoice_{side}_status") for side in _OTHER),
        ops.AddIndex(model_name="DigestItem", index=Index(fields=["due_at"], name="digest_item_age")),
    ]
