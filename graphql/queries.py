"""What can be read."""

from __future__ import annotations

import strawberry

from .colleague_fields import ColleagueQueries
from .delivery import DeliveryQueries
from .invoice_queries import InvoiceQueries
from .tokens import TokenQueries


@strawberry.type(description="Everything that can be read. Needs credentials, but for `viewer` and `statuses`.")
class Query(ColleagueQueries, InvoiceQueries, DeliveryQueries, TokenQueries):
    """Each topic brings its own fields."""
