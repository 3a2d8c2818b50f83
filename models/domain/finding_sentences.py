"""The sentences of findings in Catalan and Spanish, by the English ones, by rule and by family of rules: data.

``{}`` stands for what the English sentence names there; ``{0}`` and ``{1}`` say where in the other two. Not every
part need come again: place, expected and found are told beside the sentence.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from .states import Language


class Said(NamedTuple):
    """One sentence in both languages."""

    ca: str
    es: str

    def in_(self, language: Language) -> str:
        """The sentence in one of the two."""
        return self.es if language is Language.ES else self.ca


RULES: Final[Mapping[str, Said]] = {
    "HF01": Said("El fitxer no es pot llegir com a XML.", "El fichero no se puede leer como XML."),
    "HF04": Said("El document no està signat.", "El documento no está firmado."),
    "HV01": Said(
        "La signatura, o el seu certificat, no es pot donar per bona.",
        "La firma, o su certificado, no se puede dar por buena.",
    ),
    "HV02": Said(
        "La política de signatura no és la de Facturae, o no es pot comprovar.",
        "La política de firma no es la de Facturae, o no se puede comprobar.",
    ),
    "RCF03001": Said("El número de la factura no és vàlid.", "El número de la factura no es válido."),
    "RCF03002": Said("Aquesta factura ja hi és.", "Esta factura ya está."),
    "RCF04001": Said("El mètode de rectificació no és vàlid.", "El método de rectificación no es válido."),
    "RCF04002": Said("No es diu bé quina factura es rectifica.", "No se dice bien qué factura se rectifica."),
    "RCF04003": Said("No es troba la factura de què és còpia.", "No se encuentra la factura de la que es copia."),
    "RCF05001": Said("El tipus de persona no és vàlid.", "El tipo de persona no es válido."),
    "RCF05002": Said("El NIF no és vàlid.", "El NIF no es válido."),
    "RCF05003": Said("El país no és vàlid.", "El país no es válido."),
    "RCF05004": Said("Falta el nom o el primer cognom.", "Falta el nombre o el primer apellido."),
    "RCF05005": Said("Falta la raó social.", "Falta la razón social."),
    "RCF05006": Said("El cessionari no pot ser el mateix emissor.", "El cesionario no puede ser el propio emisor."),
    "RCF06001": Said(
        "Un import no és vàlid o té massa decimals.", "Un importe no es válido o tiene demasiados decimales."
    ),
    "RCF06002": Said(
        "El cost de la línia no és la quantitat pel preu.", "El coste de la línea no es la cantidad por el precio."
    ),
    "RCF06003": Said(
        "L’import brut de la línia no és el cost menys els descomptes més els recàrrecs.",
        "El importe bruto de la línea no es el coste menos los descuentos más los recargos.",
    ),
    "RCF06004": Said("La moneda no és vàlida.", "La moneda no es válida."),
    "RCF06005": Said("El total brut no és la suma de les línies.", "El total bruto no es la suma de las líneas."),
    "RCF06006": Said("Un total no és el que surt de sumar-ne les parts.", "Un total no es lo que suman sus partes."),
    "RCF06007": Said(
        "Els impostos retinguts no poden ser negatius quan la base és positiva.",
        "Los impuestos retenidos no pueden ser negativos cuando la base es positiva.",
    ),
    "RCF07001": Said("La data d’emissió no és vàlida.", "La fecha de emisión no es válida."),
    "RCF08001": Said("La unitat DIR3 no és del receptor.", "La unidad DIR3 no es del receptor."),
    "RCF09001": Said("Falta la descripció d’una línia.", "Falta la descripción de una línea."),
    "TR0001": Said(
        "El fitxer ha de contenir una factura, i només una.", "El fichero debe contener una factura, y solo una."
    ),
    "TR0002": Said("Un fitxer annex no és acceptable.", "Un fichero anexo no es aceptable."),
    "TR0003": Said("El receptor no està donat d’alta aquí.", "El receptor no está dado de alta aquí."),
    "TR0004": Said("L’emissor del document no és qui l’envia.", "El emisor del documento no es quien lo envía."),
    "TR0005": Said(
        "Les dades que envia l’altra plataforma no són les del document.",
        "Los datos que envía la otra plataforma no son los del documento.",
    ),
    "EN16931": Said(
        "Les regles oficials d’EN 16931 no s’han pogut executar; s’han executat les nostres.",
        "Las reglas oficiales de EN 16931 no se han podido ejecutar; se han ejecutado las nuestras.",
    ),
}
"""What a rule of domain.md is about. HF08 has no sentence of its own: too much is a matter of structure."""

FAMILIES: Final[Mapping[str, Said]] = {
    "UBL-CR": Said(
        "EN 16931 no preveu aquest element; qui només llegeix la norma no el veurà (regla {0}).",
        "EN 16931 no prevé este elemento; quien solo lee la norma no lo verá (regla {0}).",
    ),
    "UBL-SR": Said(
        "EN 16931 només admet un element com aquest (regla {0}){1}.",
        "EN 16931 solo admite un elemento como este (regla {0}){1}.",
    ),
    "UBL-DT": Said(
        "EN 16931 no admet això en un import, un identificador o un codi (regla {0}){1}.",
        "EN 16931 no admite esto en un importe, un identificador o un código (regla {0}){1}.",
    ),
    "BR-CL": Said(
        "El codi no és de la llista que vol EN 16931 (regla {0}){1}.",
        "El código no es de la lista que quiere EN 16931 (regla {0}){1}.",
    ),
    "BR-DEC": Said(
        "EN 16931 vol com a molt dos decimals (regla {0}){1}.",
        "EN 16931 quiere como mucho dos decimales (regla {0}){1}.",
    ),
    "BR-": Said("No es compleix la regla {0} d’EN 16931{1}.", "No se cumple la regla {0} de EN 16931{1}."),
}
"""The rules of EN 16931 by what their names begin with; {0} is the rule, {1} the terms of the norm that it names."""

SENTENCES: Final[Mapping[str, Said]] = {
    # The file
    "The document has white space before its XML declaration, which not every program reads.": Said(
        "El document té espais abans de la declaració XML, i no tots els programes ho llegeixen.",
        "El documento tiene espacios antes de la declaración XML, y no todos los programas lo leen.",
    ),
    "The document is written in {}; entry points of the administration want UTF-8.": Said(
        "El document està escrit en {0}; els punts d’entrada de l’Administració volen UTF-8.",
        "El documento está escrito en {0}; los puntos de entrada de la Administración quieren UTF-8.",
    ),
    "The document says that it is written in {}, and is read so; its bytes look like UTF-8.": Said(
        "El document diu que està escrit en {0}, i així es llegeix; els seus bytes semblen UTF-8.",
        "El documento dice que está escrito en {0}, y así se lee; sus bytes parecen UTF-8.",
    ),
    "The document says that it is written in {}, but its byte order says {}.": Said(
        "El document diu que està escrit en {0}, però l’ordre dels bytes diu {1}.",
        "El documento dice que está escrito en {0}, pero el orden de los bytes dice {1}.",
    ),
    "The document says that it is written in UTF-16, and it is not.": Said(
        "El document diu que està escrit en UTF-16, i no ho està.",
        "El documento dice que está escrito en UTF-16, y no lo está.",
    ),
    "The document has bytes that are not {}.": Said(
        "El document té bytes que no són {0}.", "El documento tiene bytes que no son {0}."
    ),
    "The document is written in an encoding that is not accepted: {}.": Said(
        "El document està escrit en una codificació que no s’accepta: {0}.",
        "El documento está escrito en una codificación que no se acepta: {0}.",
    ),
    "The document has a document type declaration (DTD), which is not accepted.": Said(
        "El document té una declaració de tipus (DTD), que no s’accepta.",
        "El documento tiene una declaración de tipo (DTD), que no se acepta.",
    ),
    "The document is not well-formed XML.": Said(
        "El document no és un XML ben format.", "El documento no es un XML bien formado."
    ),
    "The document is empty.": Said("El document és buit.", "El documento está vacío."),
    "The document is larger than 10 MB.": Said("El document passa de 10 MB.", "El documento pasa de 10 MB."),
    "The document's elements are nested too deeply.": Said(
        "Els elements del document estan massa niats.", "Los elementos del documento están demasiado anidados."
    ),
    "The document has too many elements and attributes.": Said(
        "El document té massa elements i atributs.", "El documento tiene demasiados elementos y atributos."
    ),
    "The document has too many attributes or namespaces.": Said(
        "El document té massa atributs o espais de noms.",
        "El documento tiene demasiados atributos o espacios de nombres.",
    ),
    "The envelope has no document inside.": Said(
        "El sobre no porta cap document.", "El sobre no lleva ningún documento."
    ),
    "The envelope has more than one document inside.": Said(
        "El sobre porta més d’un document.", "El sobre lleva más de un documento."
    ),
    "The envelope around the document cannot be opened.": Said(
        "El sobre del document no es pot obrir.", "El sobre del documento no se puede abrir."
    ),
    "The document is of an unknown format.": Said(
        "El document és d’un format desconegut.", "El documento es de un formato desconocido."
    ),
    "This version of Facturae is not accepted.": Said(
        "Aquesta versió de Facturae no s’accepta.", "Esta versión de Facturae no se acepta."
    ),
    "The root element is not Facturae.": Said("L’element arrel no és Facturae.", "El elemento raíz no es Facturae."),
    "The structure is not that of Facturae {}.": Said(
        "L’estructura no és la de Facturae {0}.", "La estructura no es la de Facturae {0}."
    ),
    "The structure is not one that UBL 2.1 allows.": Said(
        "L’estructura no és cap que admeti UBL 2.1.", "La estructura no es ninguna que admita UBL 2.1."
    ),
    "The document has more than {} problems; the others are not listed.": Said(
        "El document té més de {0} problemes; els altres no es diuen.",
        "El documento tiene más de {0} problemas; los demás no se dicen.",
    ),
    "The document has more than {} warnings; the others are not listed.": Said(
        "El document té més de {0} avisos; els altres no es diuen.",
        "El documento tiene más de {0} avisos; los demás no se dicen.",
    ),
    # Values
    "The amount {} cannot be read: {}.": Said("L’import {0} no es pot llegir.", "El importe {0} no se puede leer."),
    "The number {} cannot be read: {}.": Said("El número {0} no es pot llegir.", "El número {0} no se puede leer."),
    "The date {} cannot be read: {}.": Said("La data {0} no es pot llegir.", "La fecha {0} no se puede leer."),
    "The amount {} is missing.": Said("Falta l’import {0}.", "Falta el importe {0}."),
    "The date {} is missing.": Said("Falta la data {0}.", "Falta la fecha {0}."),
    # Signatures
    "The signature is not trusted: this server has no trust anchors (TRAMESA_TRUST_ANCHORS).": Said(
        "No s’ha pogut comprovar qui respon de la signatura: aquest servidor no té cap autoritat de confiança.",
        "No se ha podido comprobar quién responde de la firma: este servidor no tiene ninguna autoridad de confianza.",
    ),
    "The signature is not trusted: {}.": Said(
        "La signatura quadra, però no es pot donar per bona ({0}).",
        "La firma cuadra, pero no se puede dar por buena ({0}).",
    ),
    "The signature is not valid: {}.": Said("La signatura no és vàlida ({0}).", "La firma no es válida ({0})."),
    # The invoice
    "The invoice number is missing.": Said("Falta el número de la factura.", "Falta el número de la factura."),
    "The invoice number is too long.": Said(
        "El número de la factura és massa llarg.", "El número de la factura es demasiado largo."
    ),
    "This invoice is here already: same issuer, number, series and issue date.": Said(
        "Aquesta factura ja hi és: el mateix emissor, número, sèrie i data.",
        "Esta factura ya está: el mismo emisor, número, serie y fecha.",
    ),
    "This is a copy of an invoice that is not here: same issuer, number, series and issue date.": Said(
        "És la còpia d’una factura que no hi és: emissor, número, sèrie i data.",
        "Es la copia de una factura que no está: emisor, número, serie y fecha.",
    ),
    "The correction method is not one of 01 to 04.": Said(
        "El mètode de rectificació no és cap de 01 a 04.", "El método de rectificación no es ninguno de 01 a 04."
    ),
    "A correction by method 01 or 02 must give the number of the invoice that it corrects.": Said(
        "Una rectificació pel mètode 01 o 02 ha de dir el número de la factura que rectifica.",
        "Una rectificación por el método 01 o 02 debe decir el número de la factura que rectifica.",
    ),
    "A corrective invoice must say what it corrects, in Corrective.": Said(
        "Una factura rectificativa ha de dir què rectifica, a Corrective.",
        "Una factura rectificativa debe decir qué rectifica, en Corrective.",
    ),
    "The invoice says what it corrects, and is not of a corrective class (OR, CR).": Said(
        "La factura diu què rectifica, i no és de classe rectificativa (OR, CR).",
        "La factura dice qué rectifica, y no es de clase rectificativa (OR, CR).",
    ),
    "The tax identification number is missing.": Said("Falta el NIF.", "Falta el NIF."),
    "A tax identification number is 3 to 30 letters and digits, without spaces or dashes.": Said(
        "Un NIF té de 3 a 30 lletres i xifres, sense espais ni guions.",
        "Un NIF tiene de 3 a 30 letras y cifras, sin espacios ni guiones.",
    ),
    "The check character of the Spanish tax identification number is wrong.": Said(
        "El caràcter de control del NIF no és correcte.", "El carácter de control del NIF no es correcto."
    ),
    "The party has no tax identification number, which belongs in PartyTaxScheme/CompanyID.": Said(
        "Falta el NIF de la part, que va a PartyTaxScheme/CompanyID.",
        "Falta el NIF de la parte, que va en PartyTaxScheme/CompanyID.",
    ),
    "The residence must be R, Spain, U, another country of the EU, or E, elsewhere.": Said(
        "La residència ha de ser R (Espanya), U (un altre país de la UE) o E (la resta).",
        "La residencia debe ser R (España), U (otro país de la UE) o E (el resto).",
    ),
    "The amount has more than two decimals.": Said(
        "L’import té més de dos decimals.", "El importe tiene más de dos decimales."
    ),
    "The total {} has {}.": Said("El total {0} té massa decimals.", "El total {0} tiene demasiados decimales."),
    "{} has more than {} significant digits.": Said(
        "{0} té més de {1} xifres significatives.", "{0} tiene más de {1} cifras significativas."
    ),
    "The cost of the line is not rounded half-up to two decimals.": Said(
        "El cost de la línia no està arrodonit a dos decimals (el mig, cap amunt).",
        "El coste de la línea no está redondeado a dos decimales (el medio, hacia arriba).",
    ),
    "The issue date is after today.": Said(
        "La data d’emissió és posterior a avui.", "La fecha de emisión es posterior a hoy."
    ),
    "The receiver has no office of this code.": Said(
        "El receptor no té cap unitat amb aquest codi.", "El receptor no tiene ninguna unidad con este código."
    ),
    "The file is in another currency than its invoice.": Said(
        "El fitxer és en una moneda que no és la de la factura.", "El fichero está en otra moneda que su factura."
    ),
    "InvoicesCount is not the number of invoices in the document.": Said(
        "InvoicesCount no és el nombre de factures del document.",
        "InvoicesCount no es el número de facturas del documento.",
    ),
    # Files beside and inside it
    "The attachment cannot be opened and is left out: {}.": Said(
        "El fitxer annex no es pot obrir, i no s’inclou.", "El fichero anexo no se puede abrir, y no se incluye."
    ),
    "The content of the attachment {} is not what its name says.": Said(
        "El contingut de l’annex {0} no és el que diu el seu nom.",
        "El contenido del anexo {0} no es lo que dice su nombre.",
    ),
    "The content of {} is not what its name says.": Said(
        "El contingut de {0} no és el que diu el seu nom.", "El contenido de {0} no es lo que dice su nombre."
    ),
    "Files of the kind of {} are not accepted.": Said(
        "Els fitxers com {0} no s’accepten.", "Los ficheros como {0} no se aceptan."
    ),
    "The file {} is empty.": Said("El fitxer {0} és buit.", "El fichero {0} está vacío."),
    "There are more than {} attachments.": Said("Hi ha més de {0} annexos.", "Hay más de {0} anexos."),
    "The document and its attachments are larger than 10 MB together.": Said(
        "El document i els annexos passen de 10 MB junts.", "El documento y los anexos pasan de 10 MB juntos."
    ),
    "The receiver is not registered here: it is invited at {}.": Said(
        "El receptor no està donat d’alta aquí: se’l convida a {0}.",
        "El receptor no está dado de alta aquí: se le invita en {0}.",
    ),
    # Other formats
    "Facturae has no place for {}; it is left out.": Said(
        "Facturae no té lloc per a això, que s’omet.", "Facturae no tiene sitio para esto, que se omite."
    ),
    "{} cannot keep this, and it is left out: {}.": Said(
        "{0} no pot conservar això, que s’omet.", "{0} no puede conservar esto, que se omite."
    ),
    "{} cannot say this as it is here: {}.": Said(
        "{0} no pot dir això com és aquí.", "{0} no puede decir esto como es aquí."
    ),
}
"""By the English sentence, the special ones before those that they are like."""

STRUCTURE: Final[Mapping[str, Said]] = {
    "{} is missing; expected {}.": Said("Falta {0}.", "Falta {0}."),
    "{} is missing in {}.": Said("Falta {0} a {1}.", "Falta {0} en {1}."),
    "{} stands too early; it belongs after {}.": Said(
        "{0} és massa amunt: va després de {1}.", "{0} está demasiado arriba: va después de {1}."
    ),
    "{} stands too late; it belongs before {}.": Said(
        "{0} és massa avall: va abans de {1}.", "{0} está demasiado abajo: va antes de {1}."
    ),
    "{} stands too late: it belongs before {}.": Said(
        "{0} és massa avall: va abans de {1}.", "{0} está demasiado abajo: va antes de {1}."
    ),
    "{} must not be repeated here.": Said("{0} no es pot repetir aquí.", "{0} no se puede repetir aquí."),
    "{} stands here more than once.": Said("{0} hi és més d’un cop.", "{0} está más de una vez."),
    "{} cannot stand here in {}, beside what precedes it.": Said(
        "{0} no pot anar aquí, a {1}, al costat del que el precedeix.",
        "{0} no puede ir aquí, en {1}, junto a lo que le precede.",
    ),
    "{} does not belong in {}.": Said("{0} no va a {1}.", "{0} no va en {1}."),
    "{} is in the wrong namespace; it must be in {}.": Said(
        "{0} és en un espai de noms que no és el seu.", "{0} está en un espacio de nombres que no es el suyo."
    ),
    "{} is of another namespace than the one of UBL.": Said(
        "{0} no és de l’espai de noms d’UBL.", "{0} no es del espacio de nombres de UBL."
    ),
    "{} is written wrongly; its name is {}.": Said(
        "{0} està mal escrit: el nom és {1}.", "{0} está mal escrito: el nombre es {1}."
    ),
    "{} is of a format that is not accepted here.": Said(
        "{0} és d’un format que aquí no s’accepta.", "{0} es de un formato que aquí no se acepta."
    ),
    "{} lacks the attribute {}.": Said("A {0} li falta l’atribut {1}.", "A {0} le falta el atributo {1}."),
    "{} must have the attribute {}.": Said("A {0} li falta l’atribut {1}.", "A {0} le falta el atributo {1}."),
    "{} cannot have the attribute {}.": Said("{0} no pot tenir l’atribut {1}.", "{0} no puede tener el atributo {1}."),
    "{} has no attribute {}.": Said("{0} no té cap atribut {1}.", "{0} no tiene ningún atributo {1}."),
    "{} must have a value: xsi:nil is not accepted.": Said(
        "{0} ha de tenir un valor: xsi:nil no s’accepta.", "{0} debe tener un valor: xsi:nil no se acepta."
    ),
    "{} cannot be of the type that its xsi:type says.": Said(
        "{0} no pot ser del tipus que diu xsi:type.", "{0} no puede ser del tipo que dice xsi:type."
    ),
    "{} must hold text only, no elements.": Said(
        "{0} només pot tenir text, no elements.", "{0} solo puede tener texto, no elementos."
    ),
    "{} holds a text only, no elements.": Said(
        "{0} només pot tenir text, no elements.", "{0} solo puede tener texto, no elementos."
    ),
    "{} must hold elements only, no text.": Said(
        "{0} només pot tenir elements, no text.", "{0} solo puede tener elementos, no texto."
    ),
    "There is text where only elements may stand.": Said(
        "Hi ha text on només poden anar elements.", "Hay texto donde solo pueden ir elementos."
    ),
    "{} is empty.": Said("{0} és buit.", "{0} está vacío."),
    "{} is not one of the codes that are accepted.": Said(
        "{0} no és cap dels codis que s’accepten.", "{0} no es ninguno de los códigos que se aceptan."
    ),
    "{} is too short ({} characters).": Said(
        "{0} és massa curt ({1} caràcters).", "{0} es demasiado corto ({1} caracteres)."
    ),
    "{} is too long ({} characters).": Said(
        "{0} és massa llarg ({1} caràcters).", "{0} es demasiado largo ({1} caracteres)."
    ),
    "{} is longer than Facturae allows.": Said(
        "{0} és més llarg del que admet Facturae.", "{0} es más largo de lo que admite Facturae."
    ),
    "The {} is too long to be kept.": Said("És massa llarg per desar-lo.", "Es demasiado largo para guardarlo."),
    "The attribute {} is not {}.": Said("L’atribut {0} no és del seu tipus.", "El atributo {0} no es de su tipo."),
    "{} is not {}.": Said("{0} no és del seu tipus.", "{0} no es de su tipo."),
    "An extension holds just one element, of a namespace of its own.": Said(
        "Una extensió té un sol element, d’un espai de noms propi.",
        "Una extensión tiene un solo elemento, de un espacio de nombres propio.",
    ),
    "The content of the extension is not what its schema allows.": Said(
        "El contingut de l’extensió no és el que admet el seu esquema.",
        "El contenido de la extensión no es el que admite su esquema.",
    ),
    "The extension is of an approved format that is not checked here; it is kept as it is.": Said(
        "L’extensió és d’un format aprovat que aquí no es comprova; es guarda com és.",
        "La extensión es de un formato aprobado que aquí no se comprueba; se guarda como es.",
    ),
}
"""The same of rule HF08, of which there is a sentence for each way in which a structure may be wrong."""
