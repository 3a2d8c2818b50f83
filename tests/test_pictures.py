"""Pictures of invoices and receipts: PDF/A that says what the document says, in the reader's language."""

from __future__ import annotations

import re
import shutil
import string
import subprocess
import tomllib
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader
from pypdf.generic import DictionaryObject, IndirectObject, StreamObject

from tramesa.documents.facturae.codes import CORRECTION_METHODS, CORRECTION_REASONS, PAYMENT_MEANS, TAX_TYPES, UNITS
from tramesa.documents.facturae.places import COUNTRIES
from tramesa.documents.pictures import figures
from tramesa.documents.pictures.drawing import draw_invoice, draw_receipt
from tramesa.documents.pictures.glyphs import PLAIN, SHOWN
from tramesa.documents.pictures.words import TEMPLATES, Words, words_of
from tramesa.documents.reading import read_content
from tramesa.models.domain.findings import Finding, Severity
from tramesa.models.domain.invoice import (
    Account,
    AttachedFile,
    Details,
    DocumentFormat,
    InvoiceClass,
    InvoiceContent,
    InvoiceDocumentType,
    IssuerType,
    Item,
    ItemInstance,
    Note,
    OfficeRole,
    Payment,
    ReferenceKind,
    SignatureStatus,
    SpecialTaxableEvent,
)
from tramesa.models.domain.rules import rule_about
from tramesa.models.domain.states import STATES, InvoiceStatus, Language
from tramesa.models.reading.content import dump, load_lines
from tramesa.tests.contents import facturae_contents
from tramesa.tests.facturae_whole import WHOLE
from tramesa.tests.pictures import CONTENT, FILES, SHA256, last_text_of, open_pdf, picture_of, receipt_of, text_of
from tramesa.tests.ubl_files import VALID as UBL

D = Decimal
A4_WIDTH, MARGIN = 595.3, 53.8  # Points.
CA, ES, EN = Language.CA, Language.ES, Language.EN

INVOICE_FACTS = {
    CA: [
        "Registrada en RCF Factura F26-0118 A pagar 1.308,64 €",
        "Data d’emissió 20/11/2026 Número de registre d’entrada E/2026/000123",
        "Registrada el 21/11/2026, 23:50:14 hora peninsular (UTC+01:00)",
        "Número de registre comptable (RCF) 2026/004512",
        "Emissor Ebre Subministraments, S.L. NIF: B25418062 Carrer del Port, 3 43500 Tortosa, Tarragona, Espanya",
        "Receptor Ajuntament de Riudeclara NIF: P2512300A 10 rue de la Paix 75002 Paris, Île-de-France, França",
        "Oficina comptable L01431557 Intervenció",
        "1 Taula de roure 3 unitats 411,52 IVA 21 % IRPF (retenció) 15 % 1.234,56 €",
        "IVA 1.234,56 € 21 % 259,26 € IRPF (retenció) 1.234,56 € 15 % 185,18 €",
        "Base imposable 1.234,56 € Impostos repercutits 259,26 € Impostos retinguts -185,18 €",
        "Total a pagar 1.308,64 €",
        "20/12/2026 Transferència ES91 2100 0418 4502 0005 1332 1.308,64 €",
        f"Signatura El document no està signat SHA-256 {SHA256}",
        "Pàgina 1 de 1",
    ],
    ES: [
        "Registrada en RCF Factura F26-0118 A pagar 1.308,64 €",
        "Fecha de emisión 20/11/2026 Número de registro de entrada E/2026/000123",
        "Número de registro contable (RCF) 2026/004512",
        "Tortosa, Tarragona, España",
        "1 Taula de roure 3 unidades 411,52 IVA 21 % IRPF (retención) 15 % 1.234,56 €",
        "Base imponible 1.234,56 € Impuestos repercutidos 259,26 € Impuestos retenidos -185,18 €",
        "20/12/2026 Transferencia ES91 2100 0418 4502 0005 1332 1.308,64 €",
        f"Firma El documento no está firmado SHA-256 {SHA256}",
    ],
    EN: [
        "Registered in RCF Invoice F26-0118 Amount due €1,308.64",
        "Issue date 20 Nov 2026 Registry number E/2026/000123",
        "Registered on 21 Nov 2026, 23:50:14 Madrid time (UTC+01:00) RCF number 2026/004512",
        "1 Taula de roure 3 units 411.52 VAT (IVA) 21% IRPF (withheld) 15% €1,234.56",
        "Taxable amount €1,234.56 Taxes charged €259.26 Taxes withheld -€185.18",
        "20 Dec 2026 Transfer ES91 2100 0418 4502 0005 1332 €1,308.64",
        f"Signature The document is not signed SHA-256 {SHA256}",
    ],
}
RECEIPT_FACTS = {
    CA: [
        "Registrada Rebut d’entrada de factura electrònica E/2026/000123",
        "registrada d’entrada al registre de factures del receptor, Ajuntament de Riudeclara, amb el número",
        "Registrada el 21/11/2026, 23:50:14 hora peninsular (UTC+01:00)",
        "Rebuda el 21/11/2026, 23:49:59 hora peninsular (UTC+01:00)",
        "Número F26-0118 Data d’emissió 20/11/2026 A pagar 1.308,64 €",
        "Format Facturae 3.2.2 Mida 5,3 kB Signatura Íntegra, amb un certificat no reconegut Signant CN=Neus Ebre Pi",
        f"SHA-256 {SHA256}",
        f"albarà.pdf Albarà signat SHA-256: {FILES[0].sha256} 83,2 kB",
        "RCF05002 NIF de l’emissor o del receptor El caràcter de control del NIF no és correcte. S’ha trobat: B2",
    ],
    ES: ["Registrada Recibo de entrada de factura electrónica E/2026/000123", "Ficheros adjuntos Fichero Tamaño"],
    EN: ["Registered Receipt of entry of an electronic invoice E/2026/000123", "Amount due €1,308.64"],
}


def missing_from(text: str, facts: list[str]) -> list[str]:
    return [fact for fact in facts if fact not in text]


@pytest.mark.parametrize("language", Language)
def test_an_invoice_says_what_its_document_says(language: Language) -> None:
    text = text_of(draw_invoice(picture_of(), language))

    assert missing_from(text, INVOICE_FACTS[language]) == [], text


@pytest.mark.parametrize("language", Language)
def test_a_receipt_says_what_came_in(language: Language) -> None:
    text = text_of(draw_receipt(receipt_of(), language))

    assert missing_from(text, RECEIPT_FACTS[language]) == [], text


def test_a_warning_is_headed_in_the_readers_language_whatever_the_rule() -> None:
    sources = [path.read_text(encoding="utf-8") for folder in ("documents", "graphql") for path in python_of(folder)]
    codes = {code for text in sources for code in re.findall(r'"((?:HF|HV|RCF|TR)[0-9]{2,5})"', text)}

    lacking = {code for code in codes for one in Language if rule_about(code, one) is None}

    assert len(codes) > 25
    assert lacking == set()
    found = Finding(rule="BR-CO-10", severity=Severity.WARNING, message="The sum is wrong.")
    text = text_of(draw_receipt(receipt_of(warnings=(found,)), ES))
    assert "BR-CO-10 Regla de la norma EN 16931 No se cumple la regla BR-CO-10 de EN 16931." in text


def python_of(folder: str) -> list[Path]:
    return sorted((Path(__file__).parents[1] / folder).rglob("*.py"))


def test_a_receipt_of_what_waits_says_that_it_waits() -> None:
    waiting = receipt_of(registry_number=None, registered_at=None, attachments=(), warnings=())

    text = text_of(draw_receipt(waiting, CA))

    assert "Pendent de registre Rebut d’entrada de factura electrònica F26-0118" in text
    assert "Encara no té número de registre d’entrada." in text
    assert "Fitxers adjunts Cap." in text
    assert "E/2026/000123" not in text


@pytest.mark.parametrize("draw", [lambda: draw_invoice(picture_of(), CA), lambda: draw_receipt(receipt_of(), EN)])
def test_it_is_an_archivable_and_accessible_pdf(draw: Any) -> None:
    pdf = open_pdf(draw())
    root: Any = pdf.root_object
    metadata = root["/Metadata"].get_data().decode()

    assert "<pdfaid:part>2</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>" in metadata
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata
    assert root["/MarkInfo"]["/Marked"].value is True
    assert root["/OutputIntents"][0]["/S"] == "/GTS_PDFA1"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"].value is True
    assert [key for key in ("/AcroForm", "/OpenAction", "/AA") if key in root] == []
    assert not pdf.is_encrypted


EACH = [
    *(
        partial(draw_invoice, picture_of(state=state, attachments=FILES), one)
        for one in Language
        for state in InvoiceStatus
    ),
    *(partial(draw_receipt, receipt_of(), one) for one in Language),
    partial(draw_invoice, picture_of(read_content(WHOLE.encode())), ES),
]


@pytest.mark.parametrize("draw", EACH)
def test_each_picture_keeps_what_can_be_read_of_pdf_a(draw: Any) -> None:
    """No validator is to be had from the registries: these are the clauses of ISO 19005-2 that a reader can check."""
    data = draw()
    pdf = open_pdf(data)
    trailer, objects = pdf.trailer, list(objects_of(pdf))

    assert re.match(rb"%PDF-1\.7\n%[\x80-\xff]{4}", data) is not None  # 6.1.2
    assert data.rstrip().endswith(b"%%EOF")
    assert len(trailer["/ID"]) == 2
    assert "/Encrypt" not in trailer
    filters = {str(one.get("/Filter")) for one in objects if isinstance(one, StreamObject)}
    assert filters <= {"None", "/FlateDecode"}  # 6.1.7: no LZW, nothing of outside
    assert not [
        one for one in objects if {"/JavaScript", "/JS", "/OpenAction", "/AA", "/Launch"} & one.keys()
    ]  # 6.5, 6.6
    [intent] = pdf.root_object["/OutputIntents"]
    profile = intent["/DestOutputProfile"].get_data()
    assert (profile[36:40], profile[12:16], profile[16:20]) == (b"acsp", b"mntr", b"RGB ")  # 6.2.3
    fonts = [one for one in objects if one.get("/Type") == "/Font"]
    composite = [one for one in fonts if one["/Subtype"] == "/Type0"]
    assert composite
    assert all("/ToUnicode" in one for one in composite)
    assert all("/CIDToGIDMap" in one for one in fonts if one["/Subtype"] == "/CIDFontType2")  # 6.2.11.3
    metadata = pdf.root_object["/Metadata"]
    assert "/Filter" not in metadata  # 6.6.2: the metadata are plain
    assert pdf.metadata is not None
    assert pdf.metadata.title is not None
    assert escape(pdf.metadata.title) in metadata.get_data().decode()  # 6.6.2.3: both say the same
    assert all(one.get("/S") not in {"/Sound", "/Movie", "/ResetForm", "/ImportData"} for one in objects)


def objects_of(pdf: PdfReader) -> Iterator[Any]:
    """Every dictionary and stream of a file."""
    for number in range(1, int(pdf.trailer["/Size"])):
        found = pdf.get_object(IndirectObject(number, 0, pdf))
        if isinstance(found, DictionaryObject):
            yield found


def test_the_pdf_has_its_language_title_and_day() -> None:
    pdf = open_pdf(draw_invoice(picture_of(), ES))

    assert pdf.root_object["/Lang"] == "es"
    assert pdf.metadata is not None
    assert (pdf.metadata.title, pdf.metadata.author) == ("Factura F26-0118", "Tramesa")
    assert pdf.metadata.creation_date == datetime(2026, 11, 24, 9, 30, 5, tzinfo=UTC)


def test_what_is_drawn_is_tagged_by_what_it_is() -> None:
    pdf = open_pdf(draw_invoice(picture_of(attachments=FILES), CA))

    counted = Counter(roles_below(pdf.root_object["/StructTreeRoot"]))

    # Headings: both parties, offices, invoice, lines, taxes, totals, payment, files, original.
    assert {role: counted[role] for role in ("/H1", "/H2", "/Table", "/TH")} == {
        "/H1": 1,
        "/H2": 10,
        "/Table": 5,
        "/TH": 19,
    }


def roles_below(node: Any) -> Iterator[str]:
    children = node.get_object().get("/K") or []
    children = children.get_object() if hasattr(children, "get_object") else children
    for child in children if isinstance(children, list) else [children]:
        found = child.get_object() if hasattr(child, "get_object") else child
        if isinstance(found, dict):
            if "/S" in found:
                yield found["/S"]
            yield from roles_below(found)


def test_all_fonts_are_inside() -> None:
    files = {"/FontFile", "/FontFile2", "/FontFile3"}
    fonts = list(fonts_of(draw_receipt(receipt_of(), CA)))

    assert len(fonts) == 3  # Regular, semibold, and the one of digests.
    assert [font["/FontName"] for font in fonts if not files & font.keys()] == []


def fonts_of(pdf: bytes) -> Iterator[Any]:
    for page in open_pdf(pdf).pages:
        resources: Any = page["/Resources"]
        for font in resources["/Font"].values():
            yield font["/DescendantFonts"][0]["/FontDescriptor"]


def test_the_same_picture_gives_the_same_bytes_in_any_thread() -> None:
    pictures = [picture_of(), picture_of(rcf_number="2026/004513")] * 4
    alone = [draw_invoice(picture, CA) for picture in pictures[:2]]

    with ThreadPoolExecutor(4) as pool:
        drawn = list(pool.map(lambda picture: draw_invoice(picture, CA), pictures))

    assert drawn == alone * 4
    assert alone[0] != alone[1]


@pytest.mark.parametrize("state", InvoiceStatus)
def test_each_state_goes_by_its_name(state: InvoiceStatus) -> None:
    for language in Language:
        text = text_of(draw_invoice(picture_of(state=state), language))

        assert text.startswith(f"Tramesa {STATES[state].names[language]} ")


def test_a_rejection_is_told_with_its_reason() -> None:
    refused = picture_of(state=InvoiceStatus.REJECTED, rejection_reason="No és de l'obra.", rejection_code="R-7")
    cancelled = picture_of(state=InvoiceStatus.CANCELLED)

    told = "La factura ha estat rebutjada. Motiu No és de l'obra. Codi del motiu: R-7 Data d’emissió"
    assert told in text_of(draw_invoice(refused, CA))
    assert "La factura s’ha anul·lat a petició de l’emissor. Data d’emissió" in text_of(draw_invoice(cancelled, CA))


def test_a_payment_is_told_with_its_day() -> None:
    paid = picture_of(state=InvoiceStatus.PAID, payment_date=date(2026, 12, 18))

    assert "Fecha de pago 18/12/2026" in text_of(draw_invoice(paid, ES))


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(facturae_contents(), st.sampled_from(InvoiceStatus), st.sampled_from(Language))
def test_any_invoice_can_be_drawn(content: InvoiceContent, state: InvoiceStatus, language: Language) -> None:
    text = text_of(draw_invoice(picture_of(content, state=state), language))

    payable = figures.amount(words_of(language), content.totals.payable, content.currency)
    assert " ".join(payable.split()) in text
    assert content.issuer.tax_id in text
    assert "{" not in text.replace("".join(line.description for line in content.lines), "")


@pytest.mark.parametrize(
    ("value", "currency", "written"),
    [
        ("1234.5", "EUR", ["1.234,50 €", "1.234,50 €", "€1,234.50"]),
        ("-0.01", "EUR", ["-0,01 €", "-0,01 €", "-€0.01"]),
        ("0", "USD", ["0,00 USD", "0,00 USD", "USD 0.00"]),
        ("-1234567.12345678", "USD", ["-1.234.567,12345678 USD", "-1.234.567,12345678 USD", "-USD 1,234,567.12345678"]),
        ("100.000000", "EUR", ["100,00 €", "100,00 €", "€100.00"]),
    ],
)
def test_amounts_are_exact_and_as_the_reader_writes_them(value: str, currency: str, written: list[str]) -> None:
    found = [figures.amount(words_of(language), D(value), currency) for language in Language]

    assert [text.replace("\u00a0", " ") for text in found] == written


def test_instants_are_in_legal_time_with_its_offset() -> None:
    words = words_of(CA)
    summer, winter = datetime(2026, 7, 1, 22, 30, tzinfo=UTC), datetime(2026, 12, 31, 23, 0, 5, tzinfo=UTC)

    assert (figures.moment(words, summer), figures.zone(words, summer)) == (
        "02/07/2026, 00:30:00",
        "hora peninsular (UTC+02:00)",
    )
    assert (figures.moment(words, winter), figures.zone(words, winter)) == (
        "01/01/2027, 00:00:05",
        "hora peninsular (UTC+01:00)",
    )


def test_fifty_thousand_lines_are_bounded_and_said_to_be() -> None:
    line = CONTENT.lines[0]
    content = replace(
        CONTENT, lines=tuple(replace(line, position=n, description=f"Peça {n}") for n in range(1, 50_001))
    )

    text = last_text_of(draw_invoice(picture_of(content), CA))

    assert "Aquí hi ha els primers 2.000 conceptes. Els altres 48.000 són al fitxer original." in text
    assert "2000 Peça 2000 " in text
    assert "Peça 2001" not in text
    assert "Total a pagar 1.308,64 €" in text


def test_endless_texts_are_cut_and_said_to_be() -> None:
    content = replace(CONTENT, details=Details(notes=tuple(Note(text="paraula " * 1_000) for _ in range(250))))

    drawn = draw_invoice(picture_of(content), CA)

    text = last_text_of(drawn)
    assert "Algun text és massa llarg i s’ha escurçat amb «…». Sencer és al fitxer original." in text
    assert SHA256 in text
    assert len(open_pdf(drawn).pages) == 59


ODD = (
    "Ελληνικά Кириллица العربية עברית 中文字 😀👩\u200d👧 e\u0301q\u0302 "
    "\u202eabc\u202c \x00\x07\x1b \ufeff ﷺ Ǆ ﬁ 𝒳 \ud800"
)
MARKUP = "#let x = 1; $a$ *b* `c` <d> @e \\ // f [g] #panic() {h}"


def test_what_cannot_be_shown_is_replaced_and_said_to_be() -> None:
    content = replace(CONTENT, number=ODD[:20], issuer=replace(CONTENT.issuer, name=ODD), currency="\u202eEUR")

    for language in Language:
        text = text_of(draw_invoice(picture_of(content), language))
        assert words_of(language).sentences["missing"] in text
        assert set(text) - SHOWN - {"\u200b"} == set()


def test_what_a_line_is_made_of_and_which_pieces_are_named_below_it() -> None:
    line = CONTENT.lines[0]
    inner = replace(line, description="Tauler", quantity=D(1), gross=D("234.56"))
    outer = replace(line, description="Potes", quantity=D(4), gross=D(1000), sub_lines=(inner,))
    item = Item(instances=(ItemInstance(lot="L-7", expires=date(2028, 1, 2)), ItemInstance(serial="SN-1")))

    text = text_of(
        draw_invoice(picture_of(replace(CONTENT, lines=(replace(line, item=item, sub_lines=(outer,)),))), CA)
    )

    assert "Lot: L-7 · Caduca el: 02/01/2028 Núm. de sèrie: SN-1" in text
    assert "Inclou: Potes, 4 unitats: 1.000,00 € (Inclou: Tauler, 1 unitat: 234,56 €)" in text


def test_lines_within_lines_are_read_and_drawn_ten_levels_deep() -> None:
    start, end = UBL.index("<cac:InvoiceLine>"), UBL.index("</cac:InvoiceLine>")
    inner = UBL[start:end].replace("cac:InvoiceLine", "cac:SubInvoiceLine")
    nested = UBL[:end] + inner * 200 + "</cac:SubInvoiceLine>" * 200 + UBL[end:]

    content = read_content(nested.encode())
    depth, line = 0, content.lines[0]
    while line.sub_lines:
        depth, line = depth + 1, line.sub_lines[0]

    assert depth == 10
    assert len(content.details.further_elements) == 1000
    assert load_lines(dump(content.lines)) == content.lines
    assert draw_invoice(picture_of(content), EN).startswith(b"%PDF")


def test_nothing_in_a_text_is_markup() -> None:
    content = replace(
        CONTENT, details=Details(information=MARKUP), lines=(replace(CONTENT.lines[0], description=MARKUP),)
    )

    assert text_of(draw_invoice(picture_of(content), CA)).count(MARKUP) == 2


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler-utils is not installed")
def test_words_without_end_stay_on_the_page(tmp_path: Path) -> None:
    long = "W" * 3_000
    content = replace(
        CONTENT,
        number=long,
        series=long,
        issuer=replace(CONTENT.issuer, name=long, trade_name=long),
        lines=(
            replace(
                CONTENT.lines[0], id=long, description=long, unit=long, quantity=D("-123456789012.12345678"), taxes=()
            ),
        ),
        payments=(Payment(due_date=date(2026, 12, 24), amount=D(1), means=long, credited=Account(number="1" * 99)),),
    )

    path = tmp_path / "long.pdf"
    path.write_bytes(draw_invoice(picture_of(content), CA))

    boxes = subprocess.run(["pdftotext", "-bbox", path, "-"], capture_output=True, text=True, check=True).stdout
    ends = [float(x) for x in re.findall(r'xMax="([0-9.]+)"', boxes)]
    assert len(ends) > 100
    assert [x for x in ends if x > A4_WIDTH - MARGIN] == []


def test_every_character_that_is_listed_can_be_set() -> None:
    for shown in (SHOWN, PLAIN):
        listed = sorted(shown - {" ", "\u00a0"})
        names = [" ".join(listed[start : start + 60]) for start in range(0, len(listed), 60)]
        content = replace(CONTENT, details=Details(notes=tuple(Note(text=name) for name in names)))

        assert words_of(EN).sentences["missing"] not in text_of(draw_invoice(picture_of(content), EN))


def test_files_inside_a_document_are_named_where_nobody_says_what_came() -> None:
    file = AttachedFile(name="plànol.png", media_type="image/png", content=b"x" * 1_500)
    content = replace(CONTENT, attachments=(file,))

    assert "plànol.png SHA-256: " in text_of(draw_invoice(picture_of(content), CA))
    assert "plànol.png" not in text_of(draw_invoice(picture_of(content, attachments=FILES), CA))


def tables() -> dict[Language, dict[str, Any]]:
    return {one: tomllib.loads((TEMPLATES / f"{one.lower()}.toml").read_text(encoding="utf-8")) for one in Language}


def said(words: dict[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    for key, value in words.items():
        if isinstance(value, dict):
            yield from said(value, f"{path}{key}.")
        elif isinstance(value, str):
            yield path + key, value


def holes(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_the_languages_say_the_same_things() -> None:
    known = {language: dict(said(words)) for language, words in tables().items()}

    assert known[CA].keys() == known[ES].keys() == known[EN].keys()
    for key in known[CA].keys() - {"date"}:
        assert holes(known[CA][key]) == holes(known[ES][key]) == holes(known[EN][key]), key
    assert {key for key, text in known[CA].items() if not text} == {"classes.ORIGINAL", "units.OTHER"}


def test_no_word_stands_idle() -> None:
    modules = "".join(path.read_text(encoding="utf-8") for path in TEMPLATES.parent.glob("*.py"))
    words = tables()[CA]
    named = {*words["labels"], *words["sentences"]} - {"receipt_badge_registered", "receipt_badge_pending"}

    assert [key for key in sorted(named) if f'"{key}"' not in modules] == []


def test_every_code_has_its_word() -> None:
    documents = set(DocumentFormat) - {DocumentFormat.UBL_2_1, DocumentFormat.PDF}
    expected = {
        "types": set(InvoiceDocumentType),
        "classes": set(InvoiceClass),
        "formats": documents,
        "signatures": set(SignatureStatus),
        "issuers": set(IssuerType),
        "roles": set(OfficeRole),
        "references": set(ReferenceKind),
        "events": set(SpecialTaxableEvent),
        "reasons": set(CORRECTION_REASONS),
        "methods": set(CORRECTION_METHODS),
    }
    for language in Language:
        words = words_of(language)
        assert {key: set(getattr(words, key)) for key in expected} == expected
        assert COUNTRIES - words.countries.keys() == set()
        assert set(PAYMENT_MEANS.values()) - words.means.keys() == set()
        assert set(UNITS.values()) - words.units.keys() == set()
        spoken = {key for key in TAX_TYPES.values() if "_" in key}
        assert spoken - words.taxes.keys() == set()


def test_words_have_all_their_tables() -> None:
    names = {field.name for field in fields(Words)}

    assert [set(words) ^ names for words in tables().values()] == [{"countries", "language"}] * 3
