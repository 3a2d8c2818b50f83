# ruff: noqa: E501 - sentences as they are read
import re
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html.parser import HTMLParser
from string import Formatter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import UndefinedError

from tramesa.mail.address import BadAddress, BadSender, Mailbox, Sender, parse_mailbox, parse_sender
from tramesa.mail.cleaning import lines, one_line
from tramesa.mail.formatting import amount, day, full_number, moment
from tramesa.mail.message import Letter, compose
from tramesa.mail.rendering import _ENVIRONMENT, Rendered, render
from tramesa.mail.words import Notice, words_of
from tramesa.models.domain.notices import MailKind
from tramesa.models.domain.states import STATES, InvoiceStatus, Language

FACTS: dict[str, str | None] = {
    "invoiceId": "SW52b2ljZTox==",
    "number": "2026/7",
    "series": "A",
    "issueDate": "2026-10-01",
    "currency": "EUR",
    "payable": "1234.50",
    "issuerName": "Construccions Àngel, SL",
    "issuerTaxId": "B12345674",
    "receiverName": "Ajuntament d'Exemple",
    "receiverTaxId": "P0800000B",
    "status": "REGISTERED",
    "at": "2026-11-21T21:30:00+00:00",
    "registryNumber": "E/2026/000041",
    "rcfNumber": "RCF-9",
    "reason": "Falta el número d'expedient.",
    "reasonCode": "R01",
    "paymentDate": "2026-04-01",
    "dueDate": "2026-12-01",
    "count": "3",
    "expiresAt": "2026-12-21T21:30:00+00:00",
    "keyOne": "34679-ACDEF-HJKMN-PQRTV-WXY34-679AC",
}
MANDATORY = [status for status, state in STATES.items() if state.mandatory]
LINK = "https://factures.example/live?invoice=SW52b2ljZTox%3D%3D"
CREATED = datetime(2026, 11, 21, 21, 30, 5, 123456, tzinfo=UTC)
SENDER = Sender("Tramesa", Mailbox("no-reply", "example.cat"))
RECIPIENT = Mailbox("ana", "example.com")
HOSTILE = "A\r\nBcc: x@example.com\x00\u202e<script>alert(1)</script>&{{7*7}}{0.__class__}" + "9" * 10_000


def rendered(kind: str = "STATUS", language: str = "CA", **facts: str | None) -> Rendered:
    return render(kind, language, {**FACTS, **facts}, "https://factures.example/")


def letter(mail: Rendered, mail_id: str = "0198-1", recipient: Mailbox = RECIPIENT) -> Letter:
    return compose(mail_id, SENDER, recipient, CREATED, "CA", mail)


def read(content: bytes) -> EmailMessage:
    message = message_from_bytes(content, _class=EmailMessage, policy=default)
    assert message.defects == []
    return message


class Reader(HTMLParser):
    """The tags and the visible text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize(
    ("language", "status", "subject", "sentence"),
    [
        ("CA", "REGISTERED", "Factura A-2026/7: Registrada", "La factura ha quedat registrada d'entrada amb el número E/2026/000041. Conserveu aquest número com a justificant de la presentació."),
        ("CA", "REGISTERED_IN_RCF", "Factura A-2026/7: Registrada en RCF", "La factura consta al registre comptable de factures (RCF) del receptor amb el número RCF-9."),
        ("CA", "RECOGNISED", "Factura A-2026/7: Comptabilitzada l'obligació reconeguda", "El receptor ha reconegut l'obligació de pagar la factura i l'ha comptabilitzada. El pagament encara està pendent."),
        ("CA", "PAID", "Factura A-2026/7: Pagada", "La factura consta com a pagada amb data 1 d'abril de 2026."),
        ("CA", "REJECTED", "Factura A-2026/7: Rebutjada", "La factura s'ha rebutjat pel motiu que s'indica més avall i no es tramitarà. Un cop corregida, es pot tornar a emetre, fins i tot amb el mateix número."),
        ("CA", "CANCELLED", "Factura A-2026/7: Anul·lada", "La factura s'ha anul·lat a petició de l'emissor. No es tramitarà ni es pagarà."),
        ("ES", "REGISTERED", "Factura A-2026/7: Registrada", "La factura ha quedado registrada de entrada con el número E/2026/000041. Conserve este número como justificante de la presentación."),
        ("ES", "REGISTERED_IN_RCF", "Factura A-2026/7: Registrada en RCF", "La factura consta en el registro contable de facturas (RCF) del receptor con el número RCF-9."),
        ("ES", "RECOGNISED", "Factura A-2026/7: Contabilizada la obligación reconocida", "El receptor ha reconocido la obligación de pagar la factura y la ha contabilizado. El pago todavía está pendiente."),
        ("ES", "PAID", "Factura A-2026/7: Pagada", "La factura consta como pagada con fecha 1 de abril de 2026."),
        ("ES", "REJECTED", "Factura A-2026/7: Rechazada", "La factura se ha rechazado por el motivo que se indica más abajo y no se tramitará. Una vez corregida, puede volver a emitirse, incluso con el mismo número."),
        ("ES", "CANCELLED", "Factura A-2026/7: Anulada", "La factura se ha anulado a petición del emisor. No se tramitará ni se pagará."),
        ("EN", "REGISTERED", "Invoice A-2026/7: Registered", "The invoice has been entered in the receiver's register with number E/2026/000041. Keep this number as proof of submission."),
        ("EN", "REGISTERED_IN_RCF", "Invoice A-2026/7: Registered in RCF", "The invoice has been entered in the receiver's accounting register of invoices (RCF) with number RCF-9."),
        ("EN", "RECOGNISED", "Invoice A-2026/7: Obligation recognised", "The receiver has recognised the obligation to pay the invoice and has entered it in its accounts. Payment is still to come."),
        ("EN", "PAID", "Invoice A-2026/7: Paid", "The invoice is recorded as paid on 1 April 2026."),
        ("EN", "REJECTED", "Invoice A-2026/7: Rejected", "The invoice has been rejected for the reason given below and will not be processed. Once corrected, it may be issued again, even with the same number."),
        ("EN", "CANCELLED", "Invoice A-2026/7: Cancelled", "The invoice has been cancelled at the issuer's request. It will be neither processed nor paid."),
    ],
)  # fmt: skip
def test_every_legal_minimum_state_is_explained(language: str, status: str, subject: str, sentence: str) -> None:
    mail = rendered(language=language, status=status)

    assert mail.subject == subject
    assert mail.text.splitlines()[:3] == [subject, "", sentence]
    page = Reader(mail.html)
    assert subject in page.text
    assert sentence in page.text
    assert ("href", LINK) in page.attributes


def test_the_states_of_that_table_are_those_of_the_law() -> None:
    assert [status.value for status in MANDATORY] == [
        "REGISTERED",
        "REGISTERED_IN_RCF",
        "RECOGNISED",
        "PAID",
        "REJECTED",
        "CANCELLED",
    ]


def test_a_rejection_in_catalan_as_a_person_reads_it() -> None:
    mail = rendered(
        status="REJECTED", rcfNumber=None, paymentDate=None, reason="Falta l'expedient.\r\n\r\nTorneu-la a enviar."
    )

    assert mail.text == (
        "Factura A-2026/7: Rebutjada\n"
        "\n"
        "La factura s'ha rebutjat pel motiu que s'indica més avall i no es tramitarà. Un cop corregida, es pot tornar a emetre,"
        " fins i tot amb el mateix número.\n"
        "\n"
        "Estat: Rebutjada\n"
        "Data i hora de l'estat: 21 de novembre de 2026, 22:30 h (hora peninsular)\n"
        "Factura: A-2026/7\n"
        "Import: 1.234,50 €\n"
        "Receptor: Ajuntament d'Exemple (NIF P0800000B)\n"
        "Data d'emissió: 1 d'octubre de 2026\n"
        "Número de registre d'entrada: E/2026/000041\n"
        "Codi del motiu: R01\n"
        "\n"
        "Motiu:\n"
        "> Falta l'expedient.\n"
        "> Torneu-la a enviar.\n"
        "\n"
        "Consulteu la factura a Tramesa:\n"
        f"{LINK}\n"
        "\n"
        "-- \n"
        "Tramesa ha enviat aquest missatge automàticament. No cal que el respongueu.\n"
    )


def test_an_incoming_invoice_in_english_as_a_person_reads_it() -> None:
    mail = rendered("INCOMING", "EN", status="SENT", registryNumber=None, currency="USD")

    assert mail.subject == "New invoice A-2026/7: Construccions Àngel, SL"
    assert mail.text == (
        "You have received an electronic invoice\n"
        "\n"
        "The following invoice has arrived for you. You can read and process it at the address given below.\n"
        "\n"
        "Invoice: A-2026/7\n"
        "Amount: USD 1,234.50\n"
        "Issuer: Construccions Àngel, SL (tax ID B12345674)\n"
        "Receiver: Ajuntament d'Exemple (tax ID P0800000B)\n"
        "Issue date: 1 October 2026\n"
        "Due date: 1 December 2026\n"
        "Date and time of arrival: 21 November 2026, 22:30 (Madrid time)\n"
        "\n"
        "See the invoice in Tramesa:\n"
        f"{LINK}\n"
        "\n"
        "-- \n"
        "Tramesa sent this message automatically. There is no need to reply.\n"
    )


@pytest.mark.parametrize(
    ("language", "subject", "heading"),
    [
        ("CA", "Nova factura A-2026/7: Construccions Àngel, SL", "Heu rebut una factura electrònica"),
        ("ES", "Nueva factura A-2026/7: Construccions Àngel, SL", "Ha recibido una factura electrónica"),
        ("EN", "New invoice A-2026/7: Construccions Àngel, SL", "You have received an electronic invoice"),
    ],
)
def test_incoming_in_every_language(language: str, subject: str, heading: str) -> None:
    mail = rendered("INCOMING", language)

    assert mail.subject == subject
    assert mail.text.splitlines()[0] == heading
    page = Reader(mail.html)
    assert heading in page.text
    assert ("lang", language.lower()) in page.attributes


def test_an_invitation_in_english_as_a_person_reads_it() -> None:
    mail = rendered("INVITATION", "EN")

    assert mail.subject == "Construccions Àngel, SL has sent you invoice A-2026/7"
    assert mail.text == (
        "An electronic invoice is waiting for you\n"
        "\n"
        "Construccions Àngel, SL has sent you the following invoice with Tramesa, the electronic invoicing service that it uses, where you have not signed up yet. It will be in your inbox as soon as you sign up with your tax ID and two keys.\n"
        "\n"
        "Invoice: A-2026/7\n"
        "Amount: €1,234.50\n"
        "Issuer: Construccions Àngel, SL (tax ID B12345674)\n"
        "Receiver: Ajuntament d'Exemple (tax ID P0800000B)\n"
        "Issue date: 1 October 2026\n"
        "Due date: 1 December 2026\n"
        "\n"
        "First key: 34679-ACDEF-HJKMN-PQRTV-WXY34-679AC\n"
        "\n"
        "The second key is made by Construccions Àngel, SL, who will give it to you by another way (by telephone or in person, for example). Ask for it if you do not have it.\n"
        "\n"
        "The first key can be used once, until 21 December 2026. If you receive another from the same issuer, the last one counts.\n"
        "\n"
        "If you do not know the issuer, or if the tax ID is not yours, there is nothing to do: nobody can sign up without the second key.\n"
        "\n"
        "Sign up on Tramesa:\n"
        "https://factures.example/live?invitation=P0800000B#34679-ACDEF-HJKMN-PQRTV-WXY34-679AC\n"
        "\n"
        "-- \n"
        "Tramesa sent this message automatically. There is no need to reply.\n"
    )


@pytest.mark.parametrize(
    ("language", "subject", "heading"),
    [
        ("CA", "Construccions Àngel, SL us ha enviat la factura A-2026/7", "Us espera una factura electrònica"),
        ("ES", "Construccions Àngel, SL le ha enviado la factura A-2026/7", "Le espera una factura electrónica"),
        ("EN", "Construccions Àngel, SL has sent you invoice A-2026/7", "An electronic invoice is waiting for you"),
    ],
)
def test_an_invitation_in_every_language(language: str, subject: str, heading: str) -> None:
    mail = rendered("INVITATION", language)

    assert mail.subject == subject
    assert mail.text.splitlines()[0] == heading
    page = Reader(mail.html)
    assert "34679-ACDEF-HJKMN-PQRTV-WXY34-679AC" in page.text
    assert ("lang", language.lower()) in page.attributes


@pytest.mark.parametrize(
    ("language", "subject", "row"),
    [
        ("CA", "Ajuntament d'Exemple ja és a Tramesa", "Factures registrades: 3"),
        ("ES", "Ajuntament d'Exemple ya está en Tramesa", "Facturas registradas: 3"),
        ("EN", "Ajuntament d'Exemple is on Tramesa now", "Invoices registered: 3"),
    ],
)
def test_an_accepted_invitation_in_every_language(language: str, subject: str, row: str) -> None:
    mail = rendered("INVITATION_ACCEPTED", language)

    assert mail.subject == subject
    assert row in mail.text.splitlines()
    assert 'href="https://factures.example/live"' in mail.html


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("status", list(InvoiceStatus))
def test_every_state_can_be_told_with_nothing_but_what_must_be_there(language: Language, status: InvoiceStatus) -> None:
    optional = ("series", "registryNumber", "rcfNumber", "reason", "reasonCode", "paymentDate", "dueDate")
    mail = rendered(language=language, status=status, **dict.fromkeys(optional))

    assert mail.subject == words_of(language).subjects["STATUS"].format(
        number="2026/7", state=STATES[status].names[language]
    )
    assert mail.text.splitlines()[2] == words_of(language).sentences[status]
    assert "None" not in mail.text + mail.html
    assert ": \n" not in mail.text


def test_all_languages_say_the_same_things() -> None:
    said = [words_of(language) for language in Language]

    assert [words.tag for words in said] == ["ca", "es", "en"]
    for words in said:
        assert len(words.months) == 12
        assert set(words.sentences) == set(InvoiceStatus)
        assert set(words.subjects) == {"STATUS"}
        assert set(words.notices) == set(MailKind) - {MailKind.STATUS}
        for kind, notice in words.notices.items():
            assert _braces(notice) == _braces(said[0].notices[kind])
        assert set(words.sentences_with) == {
            InvoiceStatus.REGISTERED,
            InvoiceStatus.REGISTERED_IN_RCF,
            InvoiceStatus.PAID,
            InvoiceStatus.REJECTED,
        }


def _braces(notice: Notice) -> set[str | None]:
    texts = [notice.subject, notice.heading, notice.sentence]
    return {name for text in texts for _, name, _, _ in Formatter().parse(text)} - {None}


def test_html_asks_for_nothing_and_fits_a_telephone() -> None:
    page = Reader(rendered(status="REJECTED").html)

    assert not {"img", "link", "script", "style", "iframe", "form"} & set(page.tags)
    assert [value for name, value in page.attributes if name in {"href", "src", "background"}] == [LINK]
    assert ("content", "width=device-width, initial-scale=1") in page.attributes
    assert "max-width:600px" in rendered().html


def test_a_document_cannot_write_markup() -> None:
    clean = Reader(rendered(status="REJECTED", reason="x\ny").html)
    texts = ("number", "series", "receiverName", "receiverTaxId", "registryNumber", "rcfNumber", "reason", "reasonCode")
    mail = rendered(status="REJECTED", **dict.fromkeys(texts, HOSTILE), invoiceId='"><b>')
    page = Reader(mail.html)

    assert page.tags == clean.tags
    assert "<script>alert(1)</script>&{{7*7}}{0.__class__}" in page.text
    assert 'href="https://factures.example/live?invoice=%22%3E%3Cb%3E"' in mail.html
    assert not re.search("[\x00-\x09\x0b-\x1f\u202e]", mail.subject + mail.text + mail.html)
    assert "\nBcc:" not in mail.text
    assert len(mail.text) < 5_000


def test_a_document_cannot_write_headers() -> None:
    for kind in ("STATUS", "INCOMING", "INVITATION", "INVITATION_ACCEPTED"):
        for number in (HOSTILE, "=?utf-8?q?a=0D=0ABcc:_x@example.com?=", "1\u2028Bcc: x@example.com", "\ud800 \x85 é"):
            mail = rendered(kind, number=number, issuerName=number)
            message = read(letter(mail).content())

            assert message.keys() == [
                "From",
                "To",
                "Subject",
                "Date",
                "Message-ID",
                "Auto-Submitted",
                "MIME-Version",
                "Content-Type",
                "Content-Language",
            ]
            assert len(mail.subject) < 150
            assert len(mail.subject.splitlines()) == 1


@given(
    st.text(max_size=300),
    st.text(max_size=300),
    st.sampled_from(["STATUS", "INCOMING", "INVITATION", "INVITATION_ACCEPTED"]),
)
def test_whatever_a_document_says_the_mail_can_be_read_back(number: str, name: str, kind: str) -> None:
    mail = rendered(kind, number=number, issuerName=name, receiverName=name, reason=name, status="REJECTED")
    message = read(letter(mail).content())

    assert message["To"] == "ana@example.com"
    assert message["Subject"] == mail.subject.replace("=?", "= ?").strip()
    assert message.get_all("Bcc") is None
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None
    assert html is not None
    assert text.get_content().replace("\r\n", "\n") == mail.text
    assert html.get_content().replace("\r\n", "\n") == mail.html


def test_letters_about_one_invoice_stand_together_and_ids_and_links_are_never_encoded() -> None:
    sender = Sender("Tramesa", Mailbox("no-reply", f"{'facturacio.' * 7}example.cat"))
    stop = f"https://factures.example/notices/stop?token={'aB3-' * 30}"
    first, second, other = (
        compose(str(n), sender, RECIPIENT, CREATED, "CA", rendered(), stop=stop, about=about).content()
        for n, about in enumerate(("SW52b2ljZToxMjM=", "SW52b2ljZToxMjM=", "SW52b2ljZTo0NTY="))
    )

    assert f"\r\nList-Unsubscribe: <{stop}>\r\n".encode() in first
    thread = read(first)["References"]
    assert re.fullmatch(rf"<[0-9a-f]{{32}}@{re.escape(sender.mailbox.domain)}>", thread)
    assert f"\r\nIn-Reply-To: {thread}\r\nReferences: {thread}\r\n".encode() in first
    assert read(second)["References"] == thread == read(second)["In-Reply-To"]
    assert read(other)["References"] != thread
    assert read(second)["Message-ID"] != read(first)["Message-ID"]


def test_the_message() -> None:
    mail = rendered(status="PAID")
    message = read(letter(mail).content())

    assert dict(message.items()) == {
        "From": "Tramesa <no-reply@example.cat>",
        "To": "ana@example.com",
        "Subject": "Factura A-2026/7: Pagada",
        "Date": "Sat, 21 Nov 2026 21:30:05 +0000",
        "Message-ID": "<0198-1@example.cat>",
        "Auto-Submitted": "auto-generated",
        "Content-Language": "ca",
        "MIME-Version": "1.0",
        "Content-Type": 'multipart/alternative; boundary="=_0198-1"',
    }
    parts = list(message.iter_parts())
    assert [part.get_content_type() for part in parts] == ["text/plain", "text/html"]
    assert [part.get_content_charset() for part in parts] == ["utf-8", "utf-8"]
    assert [part.get_content().replace("\r\n", "\n") for part in parts] == [mail.text, mail.html]


def test_what_programs_read_is_in_one_line_as_it_is() -> None:
    stop = f"https://factures.example.cat/stop/{'0' * 36}/{'a' * 32}"
    mail = compose("0198-1", SENDER, RECIPIENT, CREATED, "CA", rendered(), request_id="r" * 64, stop=stop).content()

    assert f"\r\nList-Unsubscribe: <{stop}>\r\n".encode() in mail
    assert b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in mail
    assert f"\r\nX-Request-ID: {'r' * 64}\r\n".encode() in mail


@pytest.mark.parametrize(
    ("subject", "written"),
    [
        ("Factura 7: Pagada", b"Factura 7: Pagada"),
        (
            "Factura 7: Consell Comarcal de l'Alt Montclar deniega su anulación",
            b"=?utf-8?q?Factura_7=3A_Consell_Comarcal_de_l=27Alt_Montclar_deniega?=\r\n =?utf-8?q?_su_anulaci=C3=B3n?=",
        ),
        ("x" * 70, b"=?utf-8?q?" + b"x" * 57 + b"?=\r\n =?utf-8?q?" + b"x" * 13 + b"?="),
    ],
)
def test_a_subject_is_read_as_it_was_written(subject: str, written: bytes) -> None:
    mail = letter(Rendered(subject, "text\n", "<p>html</p>\n")).content()

    assert b"\r\nSubject: " + written + b"\r\nDate: " in mail
    assert read(mail)["Subject"] == subject


def test_the_same_mail_is_the_same_bytes() -> None:
    assert letter(rendered()).content() == letter(rendered()).content()
    assert letter(rendered()).content().isascii()
    assert letter(rendered()).content() != letter(rendered(), mail_id="0198-2").content()


def test_an_address_outside_ascii_travels_as_it_is() -> None:
    recipient = parse_mailbox("josé@example.cat")
    content = letter(rendered(), recipient=recipient).content()

    assert "To: josé@example.cat\r\n".encode() in content


@pytest.mark.parametrize(
    ("text", "mailbox"),
    [
        ("ana@example.com", ("ana", "example.com")),
        ("  ana.b+c@Example.COM ", ("ana.b+c", "Example.COM")),
        ("o'hara@example.com", ("o'hara", "example.com")),
        ("ana@correu.àngel.cat", ("ana", "correu.xn--ngel-zna.cat")),
        ("josé@example.cat", ("josé", "example.cat")),
        ("root@localhost", ("root", "localhost")),
    ],
)
def test_addresses_that_mail_can_be_sent_to(text: str, mailbox: tuple[str, str]) -> None:
    assert parse_mailbox(text) == Mailbox(*mailbox)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "@",
        "ana",
        "@example.com",
        "ana@",
        "anaexample.com",
        "ana @example.com",
        "ana@exa mple.com",
        "a..b@example.com",
        ".a@example.com",
        "ana@example..com",
        "ana@-example.com",
        "ana@example.com>\r\nRCPT TO:<x@example.com",
        "ana\r\n@example.com",
        "ana@example.com\nBcc: x",
        "ana\u2028@example.com",
        "ana\u202e@example.com",
        "Ana <ana@example.com>",
        "ana@example.com, b@example.com",
        '"a b"@example.com',
        "=?utf-8?q?eva=40example.org=2C?=@example.com",
        "ana@[127.0.0.1]",
        "x" * 65 + "@example.com",
        "ana@" + ".".join(["x" * 60] * 5),
        "ana@" + "x" * 10_000,
        "\ud800@example.com",
    ],
)
def test_addresses_that_mail_cannot_be_sent_to(text: str) -> None:
    with pytest.raises(BadAddress):
        parse_mailbox(text)


@given(st.text(max_size=80))
def test_whatever_stands_for_an_address_it_is_read_or_refused(text: str) -> None:
    try:
        mailbox = parse_mailbox(text)
    except BadAddress:
        return
    assert not re.search(r"[\s<>\x00-\x1f]", str(mailbox))


@pytest.mark.parametrize(
    ("text", "sender"),
    [
        ("no-reply@example.cat", Sender("", Mailbox("no-reply", "example.cat"))),
        ("Tramesa <no-reply@example.cat>", Sender("Tramesa", Mailbox("no-reply", "example.cat"))),
        ('"Tramesa, SL" <no-reply@example.cat>', Sender("Tramesa, SL", Mailbox("no-reply", "example.cat"))),
    ],
)
def test_senders(text: str, sender: Sender) -> None:
    assert parse_sender(text) == sender


@pytest.mark.parametrize("text", ["", "Tramesa", "Tramesa <nobody>", "josé@example.cat"])
def test_what_is_no_sender(text: str) -> None:
    with pytest.raises(BadSender):
        parse_sender(text)


@pytest.mark.parametrize(
    ("plain", "currency", "ca", "en"),
    [
        ("1234.50", "EUR", "1.234,50 €", "€1,234.50"),
        ("0.00", "EUR", "0,00 €", "€0.00"),
        ("-1234567.89", "EUR", "-1.234.567,89 €", "-€1,234,567.89"),
        ("9999999999999999.99", "EUR", "9.999.999.999.999.999,99 €", "€9,999,999,999,999,999.99"),
        ("12.00", "JPY", "12,00 JPY", "JPY 12.00"),
        ("-12.00", "USD", "-12,00 USD", "-USD 12.00"),
    ],
)
def test_amounts(plain: str, currency: str, ca: str, en: str) -> None:
    forms = [amount(words_of(language), plain, currency) for language in Language]

    assert forms == [ca, ca, en]


@pytest.mark.parametrize(
    ("month", "ca", "es", "en"),
    [
        (1, "3 de gener de 2026", "3 de enero de 2026", "3 January 2026"),
        (4, "3 d'abril de 2026", "3 de abril de 2026", "3 April 2026"),
        (8, "3 d'agost de 2026", "3 de agosto de 2026", "3 August 2026"),
        (12, "3 de desembre de 2026", "3 de diciembre de 2026", "3 December 2026"),
    ],
)
def test_dates(month: int, ca: str, es: str, en: str) -> None:
    assert [day(words_of(language), datetime(2026, month, 3, tzinfo=UTC).date()) for language in Language] == [
        ca,
        es,
        en,
    ]


def test_instants_stand_in_legal_time() -> None:
    summer = datetime(2026, 6, 30, 22, 5, tzinfo=UTC)

    assert [moment(words_of(language), summer) for language in Language] == [
        "1 de juliol de 2026, 00:05 h (hora peninsular)",
        "1 de julio de 2026, 00:05 h (hora peninsular)",
        "1 July 2026, 00:05 (Madrid time)",
    ]


@pytest.mark.parametrize(
    ("series", "number", "shown"),
    [
        ("A", "2026/7", "A-2026/7"),
        ("A-2026/", "7", "A-2026/7"),
        ("A", "/7", "A/7"),
        (None, "7", "7"),
        ("", "7", "7"),
        ("A", "", "A"),
    ],
)
def test_series_and_number(series: str | None, number: str, shown: str) -> None:
    assert full_number(series, number) == shown


@pytest.mark.parametrize(
    ("text", "limit", "line"),
    [
        ("a  b\t\r\nc", 10, "a b c"),
        ("a\x1bb\x7f\x85c", 10, "ab c"),
        ("\u2066a\u202eb\ufeff\u200f", 10, "ab"),
        ("\U0001f469\u200d\U0001f4bb", 10, "\U0001f469\u200d\U0001f4bb"),
        ("1234567890", 10, "1234567890"),
        ("12345678901", 10, "123456789…"),
        ("\x00" * 50 + "a", 10, "…"),
    ],
)
def test_one_line(text: str, limit: int, line: str) -> None:
    assert one_line(text, limit) == line


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("", []),
        (" \r\n\x00\n", []),
        ("a\rb\n\nc", ["a", "b", "c"]),
        ("a\nb\nc\nd\ne", ["a", "b", "c", "d…"]),
        ("123456789012\nb", ["123456789…"]),
        ("12345678\n9012\nb", ["12345678", "9…"]),
    ],
)
def test_lines(text: str, kept: list[str]) -> None:
    assert lines(text, limit=10, most=4) == kept


@pytest.mark.parametrize(
    ("kind", "language", "facts"),
    [
        ("OTHER", "CA", {}),
        ("STATUS", "FR", {}),
        ("STATUS", "CA", {"status": "LOST"}),
        ("STATUS", "CA", {"status": None}),
        ("STATUS", "CA", {"payable": "1e5"}),
        ("INCOMING", "CA", {"dueDate": "tomorrow"}),
    ],
)
def test_what_cannot_be_rendered_says_so(kind: str, language: str, facts: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        rendered(kind, language, **facts)


def test_a_template_that_asks_for_what_is_not_there_fails() -> None:
    with pytest.raises(UndefinedError):
        _ENVIRONMENT.get_template("notice.txt").render(words=words_of(Language.CA), heading="")
