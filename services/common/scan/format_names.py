"""What a file's name says of its kind, where the standard library's table of media types does not know it."""

from collections.abc import Mapping
from typing import Final


def _suffixes(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Suffixes of the formats that the services read. Any other file is told by its first bytes.
PHOTO_SUFFIXES: Final = _suffixes(
    ".jpg .jpeg .jpe .jfif .mpo .png .apng .webp .gif .bmp .dib .tif .tiff .heic .heif .hif .avif"
)

_RAW: Final = {
    ".3fr": "Hasselblad",
    ".arw": "Sony",
    ".cr2": "Canon",
    ".cr3": "Canon",
    ".crw": "Canon",
    ".dcr": "Kodak",
    ".dng": "DNG",
    ".erf": "Epson",
    ".fff": "Hasselblad",
    ".gpr": "GoPro",
    ".iiq": "Phase One",
    ".kdc": "Kodak",
    ".mef": "Mamiya",
    ".mos": "Leaf",
    ".mrw": "Minolta",
    ".nef": "Nikon",
    ".nrw": "Nikon",
    ".orf": "Olympus",
    ".pef": "Pentax",
    ".raf": "Fujifilm",
    ".raw": "",
    ".rw2": "Panasonic",
    ".rwl": "Leica",
    ".sr2": "Sony",
    ".srf": "Sony",
    ".srw": "Samsung",
    ".x3f": "Sigma",
}
_OTHER_FORMATS: Final = {
    "JPEG XL": ".jxl",
    "JPEG 2000": ".jp2 .j2k .j2c .jpf .jpx .jpm .jpc",
    "JPEG XR": ".jxr .hdp .wdp",
    "Photoshop": ".psd .psb",
    "SVG": ".svg .svgz",
    "GIMP": ".xcf",
    "Affinity": ".afphoto .afdesign",
    "Icon": ".ico .icns .cur",
    "OpenEXR": ".exr",
    "Radiance HDR": ".hdr",
    "Targa": ".tga",
    "DjVu": ".djvu .djv",
    "PostScript": ".eps .epsf .ai",
    "Netpbm": ".ppm .pgm .pbm .pnm .pam",
    "QOI": ".qoi",
}


def _unsupported() -> dict[str, str]:
    names = {suffix: f"{maker} RAW".strip() for suffix, maker in _RAW.items()}
    for name, suffixes in _OTHER_FORMATS.items():
        names.update(dict.fromkeys(suffixes.split(), name))
    return names


# For each suffix of a picture that the services do not read, what people call its format.
UNSUPPORTED: Final[Mapping[str, str]] = _unsupported()

# What cameras and photo programs put beside photos, thumbnails among them.
SIDECAR_SUFFIXES: Final = _suffixes(".aae .xmp .thm .pp3 .dop .cos .on1 .nks .arp .pto .lrcat")
VIDEO_SUFFIXES: Final = _suffixes(".3g2 .3gp .insv .lrv .m2ts .m4v .mkv .mts .ogv .vob .wmv .flv .webm")
AUDIO_SUFFIXES: Final = _suffixes(".aac .amr .flac .m4a .oga .ogg .opus .wma")
DOCUMENT_SUFFIXES: Final = _suffixes(".doc .docx .md .odp .ods .odt .pages .pdf .ppt .pptx .rtf .tex .xls .xlsx .epub")
OTHER_SUFFIXES: Final = _suffixes(
    ".7z .apk .db .dll .dmg .exe .gz .ini .iso .jar .json .plist .rar .so .tar .tgz .xml .xz .zip"
)
