"""Makes the fonts in crates/web/assets from Inter as it is published, smaller: the weights that the style sheet uses
(400 to 700), the features it asks for, and extended Latin in two files, so that a name like Dvořák costs 15 KB and not 85.

    python3 -m venv /tmp/fonts && /tmp/fonts/bin/pip install 'fonttools[woff]==4.68.0'
    npm pack @fontsource-variable/inter@5.3.0 && tar xzf fontsource-variable-inter-5.3.0.tgz
    /tmp/fonts/bin/python xtask/fonts/subset.py package/files

The same input gives the same bytes. Inter is under the SIL Open Font License: crates/web/INTER-LICENSE.txt.
"""
import hashlib
import pathlib
import sys

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

WEIGHTS = (400, 700)
FEATURES = ["ccmp", "locl", "mark", "mkmk", "kern", "calt", "tnum", "cv05"]

# The ranges are those of `@font-face` in tokens.css; a story of the front door would not notice a gap, a reader would.
LATIN = "U+0000-00FF,U+0131,U+0152-0153,U+02BB-02BC,U+02C6,U+02DA,U+02DC,U+2000-206F,U+20AC,U+2122,U+2191,U+2193,U+2212,U+2215,U+FEFF,U+FFFD"
# Names of Europe and Turkey.
NAMES = "U+0100-0130,U+0132-0151,U+0154-017F,U+0192,U+01CD-01DC,U+01E6-01E7,U+01EA-01EB,U+01FA-01FF,U+0218-021B,U+1E80-1E85,U+1E9E"
# All other Latin: Africa, phonetics, currencies.
OTHERS = "U+0180-0191,U+0193-01CC,U+01DD-01E5,U+01E8-01E9,U+01EC-01F9,U+0200-0217,U+021C-02BA,U+02BD-02C5,U+02C7-02CC,U+02CE-02D7,U+02DD-02FF,U+0304,U+0308,U+0329,U+1E00-1E7F,U+1E86-1E9D,U+1E9F,U+1EF2-1EFF,U+20A0-20AB,U+2C60-2C7F,U+A720-A7FF"
VIETNAMESE = "U+0102-0103,U+0110-0111,U+0128-0129,U+0168-0169,U+01A0-01A1,U+01AF-01B0,U+0300-0301,U+0303-0304,U+0308-0309,U+0323,U+0329,U+1EA0-1EF1,U+20AB"

FILES = {
    "inter-latin": ("latin", LATIN),
    "inter-names": ("latin-ext", NAMES),
    "inter-others": ("latin-ext", OTHERS),
    "inter-vietnamese": ("vietnamese", VIETNAMESE),
}


def main(source: pathlib.Path, target: pathlib.Path) -> None:
    for name, (of, ranges) in FILES.items():
        font = TTFont(source / f"inter-{of}-wght-normal.woff2", recalcTimestamp=False)
        options = subset.Options(flavor="woff2", layout_features=FEATURES, hinting=False, recalc_timestamp=False, name_IDs=[0, 1, 2, 3, 4, 5, 6, 13, 14, 256])
        chosen = subset.Subsetter(options)
        chosen.populate(unicodes=subset.parse_unicodes(ranges))
        chosen.subset(font)
        font = instancer.instantiateVariableFont(font, {"wght": WEIGHTS})
        font.flavor = "woff2"
        path = target / f"{name}.woff2"
        font.save(path)
        print(f"{path.name}\t{path.stat().st_size}\t{hashlib.sha256(path.read_bytes()).hexdigest()}")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else "crates/web/assets"))
