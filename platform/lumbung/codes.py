"""Tracking codes that a person can read out on the telephone, and their pictures.

A code is twelve random characters and one that checks them, written `XXXX-XXXX-XXXX-X`. The alphabet is
Crockford's Base32 (https://www.crockford.com/base32.html), which leaves out I, L, O and U; twelve characters
carry 60 bits. The last character is a weighted sum over the field of 32 elements: one wrong character or two
that changed places are always noticed, so a slip is told apart from a code that does not exist.
"""

import hashlib
import hmac
import secrets
import unicodedata
from xml.sax.saxutils import escape, quoteattr

import segno
from markupsafe import Markup

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RANDOM_LENGTH = 12
SHORTEST_KEY = 32
"""Bytes of the key for `digest`: as many as the digest itself has (RFC 2104, section 3)."""

_LONGEST_INPUT = 80
_VALUES = {character: value for value, character in enumerate(ALPHABET)}
_LOOK_ALIKES = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V"})


def new_code() -> str:
    """A fresh code that nobody can guess, in the form `XXXX-XXXX-XXXX-X`."""
    # Of a byte the lowest five bits are as evenly spread as the byte: 256 is a multiple of 32.
    return _grouped(_with_check("".join(ALPHABET[byte & 31] for byte in secrets.token_bytes(RANDOM_LENGTH))))


def normalise(text: str) -> str | None:
    """What a person typed, said or pasted, in the form `XXXX-XXXX-XXXX-X`; None when it is no code at all.

    Case, blanks and hyphens do not matter; O is read as 0, I and L as 1, U as V. Whether the last character
    is right is a question for `is_valid`.
    """
    if len(text) > _LONGEST_INPUT:
        return None
    letters = unicodedata.normalize("NFKC", text).upper().translate(_LOOK_ALIKES)
    kept = "".join(letter for letter in letters if not _separates(letter))
    if len(kept) != RANDOM_LENGTH + 1 or not set(kept) <= set(ALPHABET):
        return None
    return _grouped(kept)


def is_valid(text: str) -> bool:
    """Whether the text is a code, however it was typed, and its last character agrees with the others."""
    code = normalise(text)
    if code is None:
        return False
    characters = code.replace("-", "")
    return _with_check(characters[:-1]) == characters


def digest(code: str, key: bytes) -> bytes:
    """The 32 bytes to keep and to look for in place of the code: HMAC-SHA-256 under the installation's key.

    The same for every way of typing the code. Raises `ValueError` when the text is no valid code or the key
    is shorter than `SHORTEST_KEY` bytes.
    """
    canonical = normalise(code)
    if canonical is None or not is_valid(canonical):
        raise ValueError("This is no tracking code.")
    if len(key) < SHORTEST_KEY:
        raise ValueError(f"The key needs at least {SHORTEST_KEY} bytes.")
    return hmac.new(key, canonical.encode(), hashlib.sha256).digest()


def qr_svg(text: str, *, title: str = "Kode QR") -> Markup:
    """A QR code of the text as SVG to put into a page as it is.

    `title` is what a screen reader says. The picture has no size of its own (the class `qr` gives it one), no
    inline style, and a white ground with the margin that cameras need, so it also works on dark pages. Raises
    `ValueError` when the text is empty or longer than a QR code holds.
    """
    if not text:
        raise ValueError("A QR code needs a text.")
    code = segno.make(text, error="m", micro=False, boost_error=False)
    side = code.symbol_size(scale=1)[0]
    squares = "".join(
        f"M{x} {y}h1v1h-1z" for y, row in enumerate(code.matrix_iter(scale=1)) for x, dark in enumerate(row) if dark
    )
    # Every part is made here except the title, and that is escaped.
    return Markup(  # noqa: S704
        f'<svg xmlns="http://www.w3.org/2000/svg" class="qr" role="img" aria-label={quoteattr(title)} '
        f'viewBox="0 0 {side} {side}" shape-rendering="crispEdges"><title>{escape(title)}</title>'
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/><path fill="#000" d="{squares}"/></svg>'
    )


def _grouped(characters: str) -> str:
    return "-".join(characters[start : start + 4] for start in range(0, len(characters), 4))


def _separates(letter: str) -> bool:
    """Blanks, every kind of dash, marks such as `.` and `_`, and the invisible ones that pasting brings
    along."""
    return letter.isspace() or letter in "._" or unicodedata.category(letter) in {"Pd", "Cf"}


def _with_check(characters: str) -> str:
    """The characters and the one that makes the weighted sum zero.

    The weights are the powers of a generator of the field's multiplicative group, all different and none
    zero: this is what makes every single change and every exchange of two characters change the sum.
    """
    total = 0
    for character in characters:
        total = _times_generator(total ^ _VALUES[character])
    return characters + ALPHABET[total]


def _times_generator(value: int) -> int:
    """The value times x in GF(32), reduced by the primitive polynomial x^5 + x^2 + 1."""
    doubled = value << 1
    return doubled ^ 0b100101 if doubled & 0b100000 else doubled
