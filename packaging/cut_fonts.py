"""Cut the bundled "BillDesk Sans" from the upstream Inter files.

Inter is under the SIL Open Font License without a reserved name, so a modified copy may be shipped
under another name; the other name keeps it from clashing with an installed Inter. Three things are
changed: only the listed blocks stay (342 to 95 KB a weight), the digits become the tabular
ones (a PDF made with reportlab cannot switch on OpenType features), and layout tables and hinting
go. The same input gives the same bytes. Needs npm and fontTools.

    python packaging/cut_fonts.py [--from UNPACKED_PACKAGE_FOLDER]
"""

import argparse
import hashlib
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

PACKAGE = "@expo-google-fonts/inter@0.4.2"
TARGET = Path(__file__).resolve().parent.parent / "resources" / "fonts"
FAMILY = "BillDesk Sans"
CUTS = {
    "Regular": (
        "400Regular/Inter_400Regular.ttf",
        "a414b48aa577ef2c62ebb135341ddeef33ee26a4f5dc9f787f93c1aab08ebb50",
    ),
    "Medium": (
        "500Medium/Inter_500Medium.ttf",
        "f1738576525e86db1d5cf63a6c1b56e0a7e2a2898b499ac93db95f2e7a9f9cd5",
    ),
    "SemiBold": (
        "600SemiBold/Inter_600SemiBold.ttf",
        "f30e9d2574c3bec5144347ff965f9841c8f06857f0b7383000f8c9489a161841",
    ),
}
BLOCKS = (
    (0x0020, 0x007E),  # Basic Latin
    (0x00A0, 0x024F),  # Latin-1 Supplement, Latin Extended-A and -B
    (0x0259, 0x0259),  # the schwa of Azerbaijani
    (0x02B0, 0x02DD),  # modifier letters
    (0x0300, 0x0338),  # combining marks that have no composed form
    (0x0370, 0x03FF),  # Greek
    (0x0400, 0x052F),  # Cyrillic and its supplement
    (0x1E00, 0x1EFF),  # Latin Extended Additional (Vietnamese)
    (0x2000, 0x206F),  # punctuation and the spaces CLDR groups digits with
    (0x2070, 0x209F),  # superscripts and subscripts
    (0x20A0, 0x20CF),  # currency symbols
    (0x2100, 0x218F),  # №, ™, ℮, fractions
    (0x2190, 0x2199),  # arrows
    (0x2200, 0x2265),  # −, ≈, ≤, ≥ and their like
    (0x25A0, 0x25CF),  # the shapes lists are made with
    (0x2605, 0x2606),  # stars
    (0x2713, 0x2717),  # ✓ and ✗
)
DIGITS = range(0x30, 0x3A)
NAME_IDS_KEPT = {0, 5, 7, 8, 9, 11, 12, 13, 14}


def main() -> int:
    parser = argparse.ArgumentParser(description="Cut the bundled fonts from upstream Inter.")
    parser.add_argument("--from", dest="folder", type=Path, help="the unpacked npm package")
    folder = parser.parse_args().folder
    if folder is not None:
        return cut_all(folder)
    with tempfile.TemporaryDirectory() as temporary:
        return cut_all(fetch(Path(temporary)))


def fetch(folder: Path) -> Path:
    """Download the upstream package into ``folder`` and return where it was unpacked."""
    subprocess.run(["npm", "pack", "--silent", PACKAGE], cwd=folder, check=True)
    (archive,) = folder.glob("*.tgz")
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    return folder / "package"


def cut_all(package: Path) -> int:
    """Write every cut; refuses an input that is not the file the hashes were taken from."""
    TARGET.mkdir(parents=True, exist_ok=True)
    for style, (relative, expected) in CUTS.items():
        source = package / relative
        if hashlib.sha256(source.read_bytes()).hexdigest() != expected:
            sys.stderr.write(f"{source} is not the expected file; nothing was written for it.\n")
            return 1
        target = TARGET / f"BillDeskSans-{style}.ttf"
        cut(source, target, style)
        sys.stdout.write(f"{target.name}: {target.stat().st_size} bytes\n")
    return 0


def cut(source: Path, target: Path, style: str) -> None:
    """Write one static cut of ``source``."""
    # The time stamp stays upstream's, so that cutting twice gives equal files.
    font = TTFont(source, recalcTimestamp=False)
    bake_tabular_digits(font)
    options = Options()
    options.hinting = False
    options.layout_features = []
    options.drop_tables += ["GSUB", "GPOS", "GDEF", "STAT"]
    options.name_IDs = ["*"]
    options.notdef_outline = True
    options.glyph_names = False
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=[code for low, high in BLOCKS for code in range(low, high + 1)])
    subsetter.subset(font)
    rename(font, style)
    font.save(target, reorderTables=True)


def bake_tabular_digits(font: TTFont) -> None:
    """Point the digits of every character map at the glyphs of the ``tnum`` feature."""
    table = font["GSUB"].table
    lookups = {
        index
        for record in table.FeatureList.FeatureRecord
        if record.FeatureTag == "tnum"
        for index in record.Feature.LookupListIndex
    }
    tabular: dict[str, str] = {}
    for index in sorted(lookups):
        for subtable in table.LookupList.Lookup[index].SubTable:
            tabular.update(getattr(subtable, "ExtSubTable", subtable).mapping)
    for character_map in font["cmap"].tables:
        if character_map.isUnicode():
            for code in DIGITS:
                # Two maps may share one dictionary: a digit that is tabular already stays.
                name = character_map.cmap[code]
                character_map.cmap[code] = tabular.get(name, name)


def rename(font: TTFont, style: str) -> None:
    """Give the font its own family; copyright and licence entries stay."""
    names = font["name"]
    names.names = [record for record in names.names if record.nameID in NAME_IDS_KEPT]
    regular = style == "Regular"
    full = FAMILY if regular else f"{FAMILY} {style}"
    postscript = f"{FAMILY.replace(' ', '')}-{style}"
    # Programs that know only four styles per family see one family per weight (IDs 1 and 2),
    # all others the typographic family (16 and 17).
    entries = {1: full, 2: "Regular", 3: f"{postscript};Inter 4.001", 4: full, 6: postscript}
    if not regular:
        entries |= {16: FAMILY, 17: style}
    for name_id, text in entries.items():
        names.setName(text, name_id, 3, 1, 0x409)


if __name__ == "__main__":
    raise SystemExit(main())
