"""The customers of the practice company. Every mail address is in a domain nobody can own."""

from dataclasses import dataclass

from billdesk.core.domain.tax_treatment import Treatment
from billdesk.practice.company import EXPORT, REVERSE_CHARGE

EUROPEAN_UNION = frozenset({"AT", "BE", "CZ", "DK", "ES", "FI", "FR", "IE", "NL", "PL", "PT", "SE"})

_RATES = {Treatment.REVERSE_CHARGE: REVERSE_CHARGE, Treatment.EXPORT: EXPORT}


@dataclass(frozen=True, slots=True)
class Person:
    """A customer; ``habit_days`` is how long after the due date they usually pay."""

    number: str
    name: str
    contact: str
    email: str
    line1: str
    postal_code: str
    city: str
    country: str
    currency: str = "EUR"
    terms_days: int = 14
    habit_days: int = -3
    vat_id: str = ""
    region: str = ""

    @property
    def treatment(self) -> Treatment | None:
        """How everything sold to them is taxed; ``None`` within Germany: by its own rate."""
        if self.country == "DE":
            return None
        in_union = self.country in EUROPEAN_UNION
        return Treatment.REVERSE_CHARGE if in_union else Treatment.EXPORT

    def tax(self, domestic: str) -> str:
        """The tax rate of something that carries ``domestic`` within Germany."""
        return _RATES[self.treatment] if self.treatment is not None else domestic


# fmt: off
PEOPLE = (
    Person("C-0101", "Nordwind Coffee Roasters", "Jonas Petersen", "billing@nordwind.example.com",
           "Speicherweg 3", "20457", "Hamburg", "DE", habit_days=-6),
    Person("C-0102", "Atelier Brunner", "Sofia Brunner", "office@atelier-brunner.example.org",
           "Lange Gasse 41", "1080", "Vienna", "AT", vat_id="ATU12345675", habit_days=-2),
    Person("C-0103", "Fjellheim Outdoor", "Ingrid Dahl", "accounts@fjellheim.example.com",
           "Storgata 19", "0184", "Oslo", "NO", terms_days=30, habit_days=-9),
    Person("C-0104", "Bakery Lindqvist", "Erik Lindqvist", "faktura@lindqvist.example.net",
           "Hantverkargatan 8", "112 21", "Stockholm", "SE", vat_id="SE123456789701"),
    Person("C-0105", "Café Mistral", "Chloé Garnier", "compta@cafe-mistral.example.org",
           "12 rue du Lac", "69003", "Lyon", "FR", vat_id="FR83404833048", habit_days=6),
    Person("C-0106", "Harbour Street Books", "Owen Price", "owen@harbourstreet.example.com",
           "27 Harbour Street", "BS1 4RN", "Bristol", "GB", terms_days=30, habit_days=-4),
    Person("C-0107", "Van Dalen Fietsen", "Maud van Dalen", "administratie@vandalen.example.net",
           "Oudegracht 112", "3511 AW", "Utrecht", "NL", vat_id="NL123456789B13", habit_days=-5),
    Person("C-0108", "Tidewater Architects", "Rachel Kim", "ap@tidewater.example.com",
           "480 Front Street", "21202", "Baltimore", "US", "USD", 30, 4, region="MD"),
    Person("C-0109", "Redwood Analytics", "Marcus Hill", "invoices@redwood.example.com",
           "1200 Mission Street", "94103", "San Francisco", "US", "USD", 30, -8, region="CA"),
    Person("C-0110", "Seestern Zahnmedizin", "Dr. Nele Voss", "praxis@seestern.example.org",
           "Uferallee 9", "24105", "Kiel", "DE", habit_days=-10),
    Person("C-0111", "Berghaus Käserei", "Urs Frei", "buchhaltung@berghaus.example.net",
           "Dorfstrasse 6", "3800", "Interlaken", "CH", "CHF", 30, -7),
    Person("C-0112", "Studio Quattro", "Giulia Conti", "studio@quattro.example.com",
           "Via dei Mille 5", "6900", "Lugano", "CH", "CHF", 30, 9),
    Person("C-0113", "Rossi & Figli", "Paolo Rossi", "amministrazione@rossi.example.org",
           "Calle Mayor 33", "28013", "Madrid", "ES", vat_id="ESB12345674", habit_days=3),
    Person("C-0114", "Hana Ceramics", "Aiko Tanaka", "hello@hana-ceramics.example.com",
           "2-14 Kiyomizu", "605-0862", "Kyoto", "JP", "JPY", 30, -12),
    Person("C-0115", "Gartenwerk Süd", "Tobias Lang", "rechnung@gartenwerk.example.net",
           "Isarweg 22", "80469", "München", "DE", habit_days=1),
    Person("C-0116", "Musikschule Kleeblatt", "Hanna Wolff", "verwaltung@kleeblatt.example.org",
           "Schulstraße 5", "22765", "Hamburg", "DE", habit_days=-4),
    Person("C-0117", "Kavárna Modrá", "Petr Novák", "ucetni@modra.example.com",
           "Dlouhá 17", "110 00", "Prague", "CZ", vat_id="CZ12345679"),
    Person("C-0118", "Aalto Furniture", "Mikko Salo", "laskut@aalto-furniture.example.net",
           "Mannerheimintie 40", "00100", "Helsinki", "FI", terms_days=30, vat_id="FI12345671"),
    Person("C-0119", "O’Brien Landscaping", "Niamh O’Brien", "accounts@obrien.example.org",
           "8 Quay Lane", "T12 X8N6", "Cork", "IE", vat_id="IE1234567T", habit_days=12),
    Person("C-0120", "Casa do Azulejo", "Rui Carvalho", "geral@casadoazulejo.example.com",
           "Rua das Flores 61", "4050-262", "Porto", "PT", vat_id="PT123456789", habit_days=5),
    Person("C-0121", "Zielona Apteka", "Marta Zając", "biuro@zielona.example.net",
           "ulica Długa 12", "31-147", "Kraków", "PL", vat_id="PL1234567883", habit_days=-1),
    Person("C-0122", "Kystlys Hotel", "Freja Holm", "regnskab@kystlys.example.org",
           "Havnevej 2", "8000", "Aarhus", "DK", vat_id="DK12345674", terms_days=30),
    Person("C-0123", "Maison Delvaux", "Élise Delvaux", "facturation@delvaux.example.com",
           "Rue du Marché 28", "1000", "Brussels", "BE", vat_id="BE0123456749", habit_days=2),
    Person("C-0124", "Prairie Wind Energy", "Dana Whitfield", "payables@prairiewind.example.net",
           "900 Wabash Avenue", "60605", "Chicago", "US", "USD", 90, -15, region="IL"),
    Person("C-0125", "Maple & Stone", "Liam Tremblay", "finance@maplestone.example.org",
           "55 King Street", "M5C 1G3", "Toronto", "CA", "USD", 30, 7, region="ON"),
    Person("C-0126", "Museum am Hafen", "Carla Jensen", "einkauf@museum-hafen.example.com",
           "Kaiserkai 1", "20457", "Hamburg", "DE", terms_days=60, habit_days=-5),
    Person("C-0127", "Yoga Loft Ottensen", "Mira Schulz", "mira@yogaloft.example.net",
           "Bahrenfelder Straße 77", "22765", "Hamburg", "DE", terms_days=7, habit_days=0),
    Person("C-0128", "Southern Cross Films", "Zoe Walker", "accounts@southerncross.example.org",
           "14 Collins Lane", "3000", "Melbourne", "AU", terms_days=30, region="VIC"),
)
# fmt: on
BY_NUMBER = {person.number: person for person in PEOPLE}
# Who pays for their website every month.
RETAINERS = ("C-0101", "C-0107", "C-0109")
