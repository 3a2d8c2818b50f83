"""What a UBL document says beyond what the other modules read: UBL knows many times more than EN 16931.

The table here is what they read. Whatever stands elsewhere is kept as it is, an element a row, so that nothing that a
document says is out of reach. Attributes are not looked at: those that EN 16931 has are read with their elements.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cache, cached_property
from typing import Any, Final, TypeAlias

from ...models.domain.invoice import FurtherElement, InvoiceContent, ReferenceKind
from ...models.domain.tax_ids import normalise
from ..facturae.codes import OFFICE_ROLES
from ..xml import Element
from .codes import CAC, CBC, EXT, INVOICED_OBJECT, PROJECT, VAT
from .prepaid import is_name
from .reading_lines import DEEPEST
from .writing_lines import NO_LINE

_POINTS: Final = re.compile("[./-]+")

MOST: Final = 1000
"""How many elements are kept: a document may be made of nothing else."""
LONGEST: Final = 2000

_OWN_WORDS: Final = frozenset(
    {"2.1", "TAX", VAT, INVOICED_OBJECT, PROJECT, NO_LINE, *OFFICE_ROLES, *(kind.value for kind in ReferenceKind)}
)
"""Codes that decide how something is read, and what ``writing_lines`` and ``writing_references`` write for ours."""

_SIGNATURES: Final = frozenset({f"{{{CAC}}}Signature"})
"""What is about the signature, of which more is known elsewhere."""


@dataclass(frozen=True, slots=True)
class _Read:
    """What is read of an element. ``many``: of each of that name, not the first alone; ``sure``: whatever it says."""

    children: Known
    many: bool = False
    sure: bool = True


Known: TypeAlias = dict[str, _Read]
"""By tag."""


def _of(leaves: str, **aggregates: Known | _Read) -> Known:
    """Leaves by name: with ``*`` where all of that name are read, with ``?`` where what is kept depends."""
    known: Known = {}
    for leaf in leaves.split():
        known[f"{{{CBC}}}{leaf.rstrip('*?')}"] = _Read({}, many="*" in leaf, sure="?" not in leaf)
    for name, said in aggregates.items():
        known[f"{{{CAC}}}{name}"] = said if isinstance(said, _Read) else _Read(said)
    return known


def _all(known: Known) -> _Read:
    return _Read(known, many=True)


_PERIOD: Final = _of("StartDate EndDate")
_SCHEME: Final = _of("ID")
_COUNTRY: Final = _of("IdentificationCode")
_DAY: Final = _of("ID IssueDate")
_NUMBER: Final = _of("ID")
_CONTACT: Final = _of("Name? Telephone? Telefax? ElectronicMail? Note?")
_ADDRESS: Final = _of(
    "StreetName BuildingNumber BuildingName AdditionalStreetName Postbox? PostalZone CityName CountrySubentity"
    " CountrySubentityCode?",
    AddressLine=_all(_of("Line")),
    Country=_COUNTRY,
)
_PERSON: Final = _of("FirstName? MiddleName? FamilyName? OtherName?")
_OFFICE: Final = _of(
    "EndpointID? WebsiteURI? IndustryClassificationCode?",
    PartyIdentification=_all(_of("ID?")),
    PartyName=_of("Name?"),
    Person=_PERSON,
    PostalAddress=_ADDRESS,
    Contact=_CONTACT,
)
_PARTY: Final = _of(
    "WebsiteURI EndpointID IndustryClassificationCode",
    PartyIdentification=_all(_of("ID?")),
    PartyName=_of("Name"),
    PostalAddress=_ADDRESS,
    PartyTaxScheme=_all(_of("CompanyID?", TaxScheme=_of("ID?"))),
    PartyLegalEntity=_of("RegistrationName CompanyID? CompanyLegalForm"),
    Contact=_CONTACT,
    Person=_PERSON,
    ServiceProviderParty=_all(_of("ServiceTypeCode?", Party=_OFFICE)),
)
_CATEGORY: Final = _of("ID Percent", TaxScheme=_SCHEME)
_TAXES: Final = _all(
    _of(
        "TaxAmount",
        TaxSubtotal=_all(
            _of(
                "TaxableAmount TaxAmount Percent?",
                TaxCategory=_of("ID Percent TaxExemptionReasonCode TaxExemptionReason*", TaxScheme=_SCHEME),
            )
        ),
    )
)
_LINE_TAXES: Final = _all(
    _of("TaxAmount?", TaxSubtotal=_all(_of("TaxableAmount? TaxAmount? Percent?", TaxCategory=_CATEGORY)))
)
_CHANGES: Final = _all(
    _of(
        "ChargeIndicator AllowanceChargeReasonCode AllowanceChargeReason* MultiplierFactorNumeric Amount BaseAmount",
        TaxCategory=_CATEGORY,
    )
)
_BRANCH: Final = _of("ID Name", FinancialInstitution=_of("ID? Name"), Address=_ADDRESS)
_ACCOUNT: Final = _of("ID Name", FinancialInstitutionBranch=_BRANCH)
_PRECEDING: Final = _of(
    "ID IssueDate DocumentTypeCode? DocumentStatusCode? DocumentDescription*?",
    ValidityPeriod=_of("StartDate? EndDate?"),
)
_RATE: Final = _of("SourceCurrencyCode? TargetCurrencyCode? CalculationRate? MathematicOperatorCode? Date?")
_PROPERTY: Final = _of("Name Value")

_LINE: Final = _of(
    "ID Note* InvoicedQuantity CreditedQuantity LineExtensionAmount AccountingCost",
    InvoicePeriod=_PERIOD,
    OrderLineReference=_all(_of("LineID", OrderReference=_NUMBER)),
    DespatchLineReference=_all(_of("LineID?", DocumentReference=_DAY)),
    ReceiptLineReference=_all(_of("LineID?", DocumentReference=_NUMBER)),
    DocumentReference=_all(_of("ID? DocumentTypeCode?")),
    BillingReference=_all(_of("", InvoiceDocumentReference=_NUMBER)),
    AllowanceCharge=_CHANGES,
    TaxTotal=_LINE_TAXES,
    WithholdingTaxTotal=_LINE_TAXES,
    Item=_of(
        "Description* Name",
        BuyersItemIdentification=_NUMBER,
        SellersItemIdentification=_NUMBER,
        StandardItemIdentification=_NUMBER,
        OriginCountry=_COUNTRY,
        CommodityClassification=_all(_of("ItemClassificationCode CommodityCode")),
        ClassifiedTaxCategory=_all(_of("ID Percent TaxExemptionReasonCode? TaxExemptionReason?", TaxScheme=_SCHEME)),
        AdditionalItemProperty=_all(_PROPERTY),
        ItemInstance=_all(
            _of(
                "ProductTraceID ManufactureDate BestBeforeDate RegistrationID SerialID",
                LotIdentification=_of("LotNumberID ExpiryDate"),
            )
        ),
    ),
    Price=_of("PriceAmount BaseQuantity", AllowanceCharge=_of("ChargeIndicator Amount BaseAmount")),
)


def _within(levels: int) -> Known:
    """A line, and the lines in it, so many levels deep."""
    if not levels:
        return _LINE
    below = _all(_within(levels - 1))
    return {**_LINE, f"{{{CAC}}}SubInvoiceLine": below, f"{{{CAC}}}SubCreditNoteLine": below}


_LINES: Final = _all(_within(DEEPEST))

_DOCUMENT: Final = _of(
    "UBLVersionID? CustomizationID ProfileID ID CopyIndicator IssueDate DueDate InvoiceTypeCode CreditNoteTypeCode"
    " Note* TaxPointDate DocumentCurrencyCode TaxCurrencyCode AccountingCost* BuyerReference*",
    InvoicePeriod=_of("StartDate EndDate DescriptionCode"),
    OrderReference=_of("ID SalesOrderID IssueDate"),
    BillingReference=_all(
        _of(
            "",
            InvoiceDocumentReference=_PRECEDING,
            CreditNoteDocumentReference=_PRECEDING,
            SelfBilledInvoiceDocumentReference=_PRECEDING,
        )
    ),
    DespatchDocumentReference=_all(_DAY),
    ReceiptDocumentReference=_all(_DAY),
    OriginatorDocumentReference=_all(_DAY),
    ContractDocumentReference=_all(_DAY),
    ProjectReference=_all(_DAY),
    AdditionalDocumentReference=_all(
        _of(
            "ID IssueDate? DocumentTypeCode? DocumentType? DocumentDescription*?",
            Attachment=_of("EmbeddedDocumentBinaryObject", ExternalReference=_of("URI?")),
        )
    ),
    AccountingSupplierParty=_of(
        "CustomerAssignedAccountID", Party=_PARTY, AccountingContact=_CONTACT, SellerContact=_CONTACT
    ),
    AccountingCustomerParty=_of(
        "SupplierAssignedAccountID", Party=_PARTY, AccountingContact=_CONTACT, BuyerContact=_CONTACT
    ),
    PayeeParty=_PARTY,
    TaxRepresentativeParty=_PARTY,
    Delivery=_of(
        "ActualDeliveryDate",
        DeliveryLocation=_of("ID", Address=_ADDRESS),
        DeliveryParty=_of("", PartyName=_of("Name")),
    ),
    PaymentMeans=_all(
        _of(
            "ID? PaymentMeansCode PaymentDueDate InstructionNote* PaymentID*",
            CardAccount=_of("PrimaryAccountNumberID NetworkID HolderName"),
            PayeeFinancialAccount=_ACCOUNT,
            PayerFinancialAccount=_of("ID? Name?"),
            PaymentMandate=_of("ID", PayerFinancialAccount=_ACCOUNT),
        )
    ),
    PaymentTerms=_all(_of("Note* PaymentMeansID? PaymentPercent? Amount? PaymentDueDate? InstallmentDueDate?")),
    PrepaidPayment=_all(_of("ID? PaidAmount ReceivedDate InstructionID?")),
    AllowanceCharge=_CHANGES,
    TaxExchangeRate=_RATE,
    PaymentExchangeRate=_RATE,
    PricingExchangeRate=_RATE,
    TaxTotal=_TAXES,
    WithholdingTaxTotal=_TAXES,
    LegalMonetaryTotal=_of(
        "LineExtensionAmount TaxExclusiveAmount TaxInclusiveAmount AllowanceTotalAmount ChargeTotalAmount PrepaidAmount"
        " PayableRoundingAmount PayableAmount"
    ),
    InvoiceLine=_LINES,
    CreditNoteLine=_LINES,
)
_DOCUMENT[f"{{{EXT}}}UBLExtensions"] = _Read(
    {f"{{{EXT}}}UBLExtension": _Read({f"{{{EXT}}}ExtensionContent": _Read({})}, many=True)}
)


def further_elements(root: Element, content: InvoiceContent, bare: Collection[Element]) -> tuple[FurtherElement, ...]:
    """What an invoice or credit note says that is not in its content. Linear time.

    ``bare`` are lines that are known to say nothing more.
    """
    search = _Search(content, bare)
    search.look_into(root, _DOCUMENT)
    return tuple(search.found())


class _Search:
    """Goes through the elements, and knows what the content says."""

    def __init__(self, content: InvoiceContent, bare: Collection[Element]) -> None:
        self._content = content
        self._bare = bare
        self._left: list[Element] = []

    def look_into(self, element: Element, known: Known) -> None:
        """Note the elements below one that is read as the table says."""
        met = set()
        for child in element:
            tag = child.tag
            read = known.get(tag)
            if read is None or (tag in met and not read.many):
                self._note_all(child)
                continue
            met.add(tag)
            if read.children:
                if child not in self._bare:
                    self.look_into(child, read.children)
            elif not read.sure and not self._is_said(child.text):
                self._note(child)

    def found(self) -> Iterator[FurtherElement]:
        """What was noted, in the document's order."""
        places = _Places()
        for element in self._left:
            yield FurtherElement(place=places.of(element), text=(element.text or "").strip()[:LONGEST])

    def _note_all(self, element: Element) -> None:
        if element.tag not in _SIGNATURES:
            for inner in element.iter("*"):
                self._note(inner)

    def _note(self, element: Element) -> None:
        if len(self._left) < MOST and (element.text or "").strip():
            self._left.append(element)

    def _is_said(self, text: str | None) -> bool:
        said = (text or "").strip()
        if not said or _is_own_word(said):
            return True
        plain = _plain(said)
        return (
            plain in self._tax_ids
            or said in self._words_of_parties
            or plain in self._texts
            or plain in self._texts_of_lines
        )

    @cached_property
    def _tax_ids(self) -> frozenset[str]:
        # What the parties say is nearly all that is asked for: the rest of a content is large.
        return frozenset({_plain(self._content.issuer.tax_id), _plain(self._content.receiver.tax_id)})

    @cached_property
    def _words_of_parties(self) -> frozenset[str]:
        return frozenset(_texts_of((self._content.issuer, self._content.receiver)))

    @cached_property
    def _texts(self) -> frozenset[str]:
        return frozenset(map(_plain, _texts_of(replace(self._content, lines=()))))

    @cached_property
    def _texts_of_lines(self) -> frozenset[str]:
        # Of ten thousand lines, only where a document holds something that the rest does not say.
        return frozenset(map(_plain, _texts_of(self._content.lines)))


class _Places:
    """XPaths without prefixes; positions among many are counted once."""

    def __init__(self) -> None:
        self._positions: dict[Element, dict[Element, str]] = {}

    def of(self, element: Element) -> str:
        """Where the element stands; a position only where its parent has several of that name."""
        above = element.getparent()
        if above is None:
            return f"/{_name(element)}"
        if above not in self._positions:
            self._positions[above] = _positions(above)
        return f"{self.of(above)}/{_name(element)}{self._positions[above][element]}"


def _positions(parent: Element) -> dict[Element, str]:
    names: dict[str, list[Element]] = {}
    for child in parent.iterchildren("*"):
        names.setdefault(_name(child), []).append(child)
    return {
        child: f"[{position}]" if len(same) > 1 else ""
        for same in names.values()
        for position, child in enumerate(same, start=1)
    }


def _is_own_word(text: str) -> bool:
    """Whether a text is one by which our own writing says what something is, rather than a value."""
    return text in _OWN_WORDS or is_name(text)


def _plain(text: str) -> str:
    """One spelling of a number, a code or a name; tax numbers abroad are written with points."""
    plain = normalise("".join(text.split())).lstrip("+-")
    return plain if not any(map(str.isalpha, plain)) else _POINTS.sub("", plain)


def _texts_of(said: object) -> Iterator[str]:
    """Every value of a content, however deep, as a text; of an attached file, its name."""
    if isinstance(said, str):
        yield said
        yield from said.splitlines()
    elif isinstance(said, Decimal):
        yield f"{said:f}"
    elif isinstance(said, date):
        yield said.isoformat()
    elif isinstance(said, tuple):
        for one in said:
            yield from _texts_of(one)
    elif said is not None:
        kind: Any = type(said)
        for name in _names_of(kind):
            yield from _texts_of(getattr(said, name))


@cache
def _names_of(kind: type[Any]) -> tuple[str, ...]:
    """The fields of one of the domain's types."""
    return tuple(part.name for part in fields(kind)) if is_dataclass(kind) else ()


def _name(element: Element) -> str:
    tag: str = element.tag
    return tag.rpartition("}")[2]
