"""Units that things are sold in: UN/ECE Recommendation 20 codes (packages: Recommendation 21, X…).

A subset of the code list of EN 16931 (BT-130, BR-CL-23), with names and the words printed beside a
quantity. https://unece.org/trade/uncefact/cl-recommendations
"""

from dataclasses import dataclass

PIECE = "C62"
LANGUAGES = ("en", "de", "fr")
# Code; name in English, German, French; what is printed, once where it is a symbol.
_TABLE = """
C62 | Piece | Stück | Pièce | |
HUR | Hour | Stunde | Heure | h | Std. | h
DAY | Day | Tag | Jour | days | Tage | jours
E49 | Working day | Arbeitstag | Jour ouvré | working days | Arbeitstage | jours ouvrés
WEE | Week | Woche | Semaine | weeks | Wochen | semaines
MON | Month | Monat | Mois | months | Monate | mois
QAN | Quarter | Quartal | Trimestre | quarters | Quartale | trimestres
SAN | Half year | Halbjahr | Semestre | half years | Halbjahre | semestres
ANN | Year | Jahr | Année | years | Jahre | ans
MIN | Minute | Minute | Minute | min
SEC | Second | Sekunde | Seconde | s
LS | Lump sum | Pauschale | Forfait | lump sum | pauschal | forfait
ACT | Activity | Tätigkeit | Activité | activities | Tätigkeiten | activités
E48 | Service unit | Leistungseinheit | Unité de service | units | Einheiten | unités
IE | Person | Person | Personne | persons | Personen | personnes
HEA | Head | Kopf | Tête | head | Köpfe | têtes
SET | Set | Satz | Jeu | sets | Sätze | jeux
KT | Kit | Bausatz | Kit | kits | Bausätze | kits
PR | Pair | Paar | Paire | pairs | Paar | paires
DZN | Dozen | Dutzend | Douzaine | dozen | Dutzend | douzaines
CEN | Hundred | Hundert | Centaine | hundred | Hundert | centaines
MIL | Thousand | Tausend | Millier | thousand | Tausend | milliers
H87 | Piece (counted) | Stück (gezählt) | Pièce (comptée) | pcs | Stk. | pcs
EA | Each | Je Stück | À l'unité | each | je | chacun
NAR | Number of articles | Anzahl Artikel | Nombre d'articles | articles | Artikel | articles
NMP | Number of packs | Anzahl Packungen | Nombre de paquets | packs | Packungen | paquets
PTN | Portion | Portion | Portion | portions | Portionen | portions
LEF | Leaf | Blatt | Feuille | leaves | Blatt | feuilles
RM | Ream | Ries | Rame | reams | Ries | rames
D63 | Book | Buch | Livre | books | Bücher | livres
P1 | Per cent | Prozent | Pour cent | %
KGM | Kilogram | Kilogramm | Kilogramme | kg
GRM | Gram | Gramm | Gramme | g
MGM | Milligram | Milligramm | Milligramme | mg
TNE | Tonne | Tonne | Tonne | t
LBR | Pound | Pfund (lb) | Livre (lb) | lb
ONZ | Ounce | Unze | Once | oz
STN | Ton (US) | Short ton (US) | Tonne courte (US) | tn
LTN | Ton (UK) | Long ton (UK) | Tonne longue (UK) | lt
LTR | Litre | Liter | Litre | l
MLT | Millilitre | Milliliter | Millilitre | ml
CLT | Centilitre | Zentiliter | Centilitre | cl
DLT | Decilitre | Deziliter | Décilitre | dl
HLT | Hectolitre | Hektoliter | Hectolitre | hl
GLL | Gallon (US) | Gallone (US) | Gallon (US) | gal
GLI | Gallon (UK) | Gallone (UK) | Gallon (UK) | gal (UK)
PTI | Pint (UK) | Pint (UK) | Pinte (UK) | pt
MTR | Metre | Meter | Mètre | m
DMT | Decimetre | Dezimeter | Décimètre | dm
CMT | Centimetre | Zentimeter | Centimètre | cm
MMT | Millimetre | Millimeter | Millimètre | mm
KMT | Kilometre | Kilometer | Kilomètre | km
INH | Inch | Zoll | Pouce | in
FOT | Foot | Fuß | Pied | ft
YRD | Yard | Yard | Yard | yd
SMI | Mile | Meile | Mile | mi
MTK | Square metre | Quadratmeter | Mètre carré | m²
DMK | Square decimetre | Quadratdezimeter | Décimètre carré | dm²
CMK | Square centimetre | Quadratzentimeter | Centimètre carré | cm²
MMK | Square millimetre | Quadratmillimeter | Millimètre carré | mm²
H18 | Hectare | Hektar | Hectare | ha
ACR | Acre | Acre | Acre | ac
FTK | Square foot | Quadratfuß | Pied carré | ft²
YDK | Square yard | Quadratyard | Yard carré | yd²
MTQ | Cubic metre | Kubikmeter | Mètre cube | m³
DMQ | Cubic decimetre | Kubikdezimeter | Décimètre cube | dm³
CMQ | Cubic centimetre | Kubikzentimeter | Centimètre cube | cm³
FTQ | Cubic foot | Kubikfuß | Pied cube | ft³
YDQ | Cubic yard | Kubikyard | Yard cube | yd³
KWH | Kilowatt hour | Kilowattstunde | Kilowattheure | kWh
MWH | Megawatt hour | Megawattstunde | Mégawattheure | MWh
GWH | Gigawatt hour | Gigawattstunde | Gigawattheure | GWh
WTT | Watt | Watt | Watt | W
KWT | Kilowatt | Kilowatt | Kilowatt | kW
MAW | Megawatt | Megawatt | Mégawatt | MW
KVA | Kilovolt-ampere | Kilovoltampere | Kilovoltampère | kVA
AMH | Ampere hour | Amperestunde | Ampère-heure | Ah
3B | Megajoule | Megajoule | Mégajoule | MJ
GV | Gigajoule | Gigajoule | Gigajoule | GJ
AD | Byte | Byte | Octet | byte | Byte | octets
4L | Megabyte | Megabyte | Mégaoctet | MB | MB | Mo
E34 | Gigabyte | Gigabyte | Gigaoctet | GB | GB | Go
E35 | Terabyte | Terabyte | Téraoctet | TB | TB | To
TKM | Tonne-kilometre | Tonnenkilometer | Tonne-kilomètre | tkm
XPK | Package | Paket | Colis | packages | Pakete | colis
XPA | Packet | Päckchen | Paquet | packets | Päckchen | paquets
XBX | Box | Schachtel | Boîte | boxes | Schachteln | boîtes
XCT | Carton | Karton | Carton | cartons | Kartons | cartons
XCS | Case | Kiste | Caisse | cases | Kisten | caisses
XCR | Crate | Lattenkiste | Cageot | crates | Lattenkisten | cageots
XPX | Pallet | Palette | Palette | pallets | Paletten | palettes
XCN | Container | Container | Conteneur | containers | Container | conteneurs
XBG | Bag | Beutel | Sac | bags | Beutel | sacs
XSA | Sack | Sack | Sac (grand) | sacks | Säcke | sacs
XBO | Bottle | Flasche | Bouteille | bottles | Flaschen | bouteilles
XTN | Tin | Dose | Boîte de conserve | tins | Dosen | boîtes
XJR | Jar | Glas | Bocal | jars | Gläser | bocaux
XTU | Tube | Tube | Tube | tubes | Tuben | tubes
XBJ | Bucket | Eimer | Seau | buckets | Eimer | seaux
XDR | Drum | Fass | Fût | drums | Fässer | fûts
XRO | Roll | Rolle | Rouleau | rolls | Rollen | rouleaux
XBE | Bundle | Bündel | Botte | bundles | Bündel | bottes
XST | Sheet | Bogen | Feuille (plaque) | sheets | Bogen | feuilles
"""


@dataclass(frozen=True, slots=True)
class MeasureUnit:
    """A unit: its names and printed words in the order of ``LANGUAGES``."""

    code: str
    names: tuple[str, str, str]
    words: tuple[str, str, str]

    def name(self, language: str) -> str:
        """What it is called, for choosing."""
        return self.names[_place(language)]

    def word(self, language: str) -> str:
        """What stands beside a quantity; nothing for pieces, as people write them."""
        return self.words[_place(language)]


def _read(line: str) -> MeasureUnit:
    code, en, de, fr, *words = (part.strip() for part in line.split("|"))
    first, second, third = words if len(words) == len(LANGUAGES) else (words[0],) * 3
    return MeasureUnit(code, (en, de, fr), (first, second, third))


UNITS: dict[str, MeasureUnit] = {
    unit.code: unit for unit in map(_read, _TABLE.strip().splitlines())
}


def word_in(code: str, word: str, language: str) -> str:
    """``word`` of an item in a document's language.

    The usual word of the unit in any language becomes the one of ``language``; a word of the
    owner's own stays.
    """
    unit = UNITS.get(code)
    return unit.word(language) if unit is not None and word and word in unit.words else word


def _place(language: str) -> int:
    base = language.replace("_", "-").partition("-")[0].lower()
    return LANGUAGES.index(base) if base in LANGUAGES else 0
