"""What the rules are about that documents are checked by, in the languages of people."""

from __future__ import annotations

from typing import Final

from .states import Language

_LANGUAGES: Final = (Language.CA, Language.ES, Language.EN)

_ABOUT: Final[dict[str, tuple[str, str, str]]] = {
    "HF01": ("Format o codificació del fitxer", "Formato o codificación del fichero", "Format or encoding of the file"),
    "HF04": ("Document sense signatura", "Documento sin firma", "Unsigned document"),
    "HF08": ("Estructura del document", "Estructura del documento", "Structure of the document"),
    "HV01": ("Signatura o certificat", "Firma o certificado", "Signature or certificate"),
    "HV02": ("Política de signatura", "Política de firma", "Signature policy"),
    "RCF03001": ("Número de la factura", "Número de la factura", "Invoice number"),
    "RCF03002": ("Factura duplicada", "Factura duplicada", "Duplicate invoice"),
    "RCF04001": ("Mètode de rectificació", "Método de rectificación", "Correction method"),
    "RCF04002": (
        "Número de la factura rectificada",
        "Número de la factura rectificada",
        "Number of the corrected invoice",
    ),
    "RCF04003": ("Còpia d’una factura", "Copia de una factura", "Copy of an invoice"),
    "RCF05001": ("Tipus de persona", "Tipo de persona", "Type of person"),
    "RCF05002": (
        "NIF de l’emissor o del receptor",
        "NIF del emisor o del receptor",
        "Tax number of issuer or receiver",
    ),
    "RCF05003": ("País", "País", "Country"),
    "RCF05004": ("Nom i primer cognom", "Nombre y primer apellido", "Name and first surname"),
    "RCF05005": ("Raó social", "Razón social", "Company name"),
    "RCF05006": (
        "NIF de l’emissor i del cessionari",
        "NIF del emisor y del cesionario",
        "Tax numbers of issuer and assignee",
    ),
    "RCF06001": ("Nombre de decimals dels imports", "Número de decimales de los importes", "Decimals of amounts"),
    "RCF06002": (
        "Cost d’una línia: quantitat per preu",
        "Coste de una línea: cantidad por precio",
        "Cost of a line: quantity times price",
    ),
    "RCF06003": ("Import brut d’una línia", "Importe bruto de una línea", "Gross amount of a line"),
    "RCF06004": ("Moneda", "Moneda", "Currency"),
    "RCF06005": ("Suma dels imports bruts", "Suma de los importes brutos", "Sum of the gross amounts"),
    "RCF06006": ("Totals de la factura", "Totales de la factura", "Totals of the invoice"),
    "RCF06007": ("Signe dels impostos retinguts", "Signo de los impuestos retenidos", "Sign of the taxes withheld"),
    "RCF07001": ("Data d’emissió", "Fecha de emisión", "Issue date"),
    "RCF08001": ("Unitats DIR3", "Unidades DIR3", "DIR3 offices"),
    "RCF09001": ("Descripció d’una línia", "Descripción de una línea", "Description of a line"),
    "TR0001": ("Més d’una factura al fitxer", "Más de una factura en el fichero", "More than one invoice in the file"),
    "TR0002": ("Fitxers: mida, nombre o tipus", "Ficheros: tamaño, número o tipo", "Files: size, number or kind"),
    "TR0003": ("Receptor", "Receptor", "Receiver"),
    "TR0004": ("Emissor i remitent", "Emisor y remitente", "Issuer and sender"),
    "TR0005": ("Dades que envia la plataforma", "Datos que envía la plataforma", "What the platform says"),
    "EN16931": ("Regles EN 16931 no executades", "Reglas EN 16931 no ejecutadas", "Rules of EN 16931 not run"),
    "BR": ("Regla de la norma EN 16931", "Regla de la norma EN 16931", "Rule of EN 16931"),
    "UBL": ("Regla UBL de la norma EN 16931", "Regla UBL de la norma EN 16931", "UBL rule of EN 16931"),
}


def rule_about(code: str, language: Language) -> str | None:
    """What a rule is about, by its code or, of the many of EN 16931, by what their codes begin with; None: unknown.

    >>> rule_about("HF04", Language.CA)
    'Document sense signatura'
    """
    names = _ABOUT.get(code) or _ABOUT.get(code.partition("-")[0])
    return None if names is None else names[_LANGUAGES.index(language)]
