"""What the demo's companies sell, at what price and tax, and why invoices are refused."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Good:
    """Something that is billed: in what unit, how many at a time, for how much, at which IVA per cent."""

    description: str
    unit: str
    quantities: tuple[str, ...]
    price: str
    rate: str

    @property
    def unit_price(self) -> Decimal:
        """Before taxes."""
        return Decimal(self.price)


WITHHOLDING = Decimal(15)
"""IRPF that payers keep back from the architects, whose firm is no trading company."""

SUPPLIES = (
    Good("Substitució de lluminàries LED a la via pública", "UNIT", ("12", "24", "40"), "186.40", "21"),
    Good("Mano de obra de electricista, oficial de primera", "HOUR", ("6", "16.5", "38"), "34.50", "21"),
    Good("Manteniment trimestral de calderes i climatització", "UNIT", ("1", "2"), "742.00", "21"),
    Good("Paper reciclat A4, caixa de cinc paquets", "BOX", ("10", "25", "60"), "19.85", "21"),
    Good("Suministro de gasóleo C para calefacción", "LITRE", ("1500", "2200.5"), "0.918", "21"),
    Good("Limpieza de calles y jardines, servicio mensual", "UNIT", ("1",), "3150.00", "10"),
    Good("Aigua embotellada per a esdeveniments, caixa de dotze", "BOX", ("15", "40"), "4.32", "10"),
    Good("Fruita de temporada per al menjador escolar", "KILOGRAM", ("85", "120.75"), "1.95", "4"),
    Good("Llibres de text, quart de primària", "UNIT", ("18", "27"), "31.20", "4"),
    Good("Pan integral para el comedor escolar", "UNIT", ("300", "420"), "0.85", "4"),
    Good("Mobiliario de oficina: mesa de trabajo 160 x 80", "UNIT", ("2", "6"), "248.90", "21"),
    Good("Lloguer de tarimes i equip de so, festa major", "UNIT", ("1",), "2380.00", "21"),
    Good("Pintura plàstica blanca, pot de quinze litres", "CAN", ("4", "12"), "57.30", "21"),
    Good("Revisión anual de extintores", "UNIT", ("22", "48"), "6.75", "21"),
    Good("Transport de material al magatzem municipal", "KILOMETRE", ("64", "132"), "1.10", "21"),
)

SERVICES = (
    Good("Direcció d'obra de la rehabilitació de la biblioteca", "UNIT", ("1",), "2850.00", "21"),
    Good("Informe tècnic de l'estat de la coberta del poliesportiu", "UNIT", ("1",), "960.00", "21"),
    Good("Projecte bàsic i executiu: adequació del casal d'avis", "UNIT", ("1",), "6400.00", "21"),
    Good("Assistència tècnica a la mesa de contractació", "HOUR", ("8", "14.5", "22"), "62.00", "21"),
    Good("Levantamiento topográfico y planos del solar", "UNIT", ("1",), "1275.00", "21"),
    Good("Certificado de eficiencia energética", "UNIT", ("1", "3"), "310.00", "21"),
    Good("Coordinació de seguretat i salut, mensualitat", "UNIT", ("1",), "540.00", "21"),
    Good("Estudi de viabilitat per a un aparcament dissuasiu", "UNIT", ("1",), "1890.00", "21"),
    Good("Redacció de la memòria valorada del camí ral", "UNIT", ("1",), "1140.00", "21"),
    Good("Accessibility audit of the visitor centre", "UNIT", ("1",), "1480.00", "21"),
)

REASONS = (
    ("R01", "Falta el número d'expedient de contractació."),
    ("R02", "L'import no coincideix amb l'albarà signat: hi ha dues unitats de més."),
    ("R03", "Factura duplicada: el mateix servei ja es va facturar el mes anterior."),
    ("R04", "Les oficines DIR3 no corresponen al servei que va fer l'encàrrec."),
    ("R05", "El tipo de IVA aplicado no es el del contrato."),
    ("R06", "El servei encara no s'ha prestat; torneu-la a emetre quan acabi."),
    ("R07", "La factura no detalla las horas por día, como pide el pliego."),
)

ENTRY_FAILURE = ("E01", "No s'ha pogut fer l'entrada: el registre no reconeix l'òrgan gestor de la factura.")
"""Why the service itself refuses an invoice before it is registered."""

CANCELLATIONS = (
    "Es va emetre a una empresa equivocada.",
    "El servei es factura amb el del mes vinent.",
    "Se emitió dos veces.",
)
"""Why an issuer wants an invoice back."""
