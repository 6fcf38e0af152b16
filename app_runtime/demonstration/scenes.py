"""Photos for the demonstration, drawn: nobody's street, nobody's face."""

from __future__ import annotations

import io
import random
from functools import cache

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

WIDTH, HEIGHT = 960, 720
HORIZON = 400
Colour = tuple[int, int, int]

BEFORE = {
    "street-light": "dark-street",
    "rubbish": "rubbish",
    "road": "pothole",
    "flood": "flood",
    "congestion": "jam",
}
AFTER = {
    "street-light": "lit-street",
    "rubbish": "clean-street",
    "road": "patched-road",
    "flood": "dry-street",
    "congestion": "free-road",
}


@cache
def draw_scene(scene: str, variant: int) -> bytes:
    """A JPEG of a street scene; the same scene and variant is always the same picture."""
    chance = random.Random(f"{scene}-{variant}")  # noqa: S311 - a picture, not a secret.
    night = scene in ("dark-street", "lit-street")
    # One variant is one street, so that a photo afterwards shows the place of the photo before.
    image = _street(random.Random(f"street-{variant}"), night=night)  # noqa: S311 - a picture, not a secret.
    draw = ImageDraw.Draw(image, "RGBA")
    _THINGS[scene](image, draw, chance)
    image = Image.blend(image.filter(ImageFilter.GaussianBlur(0.9)), ImageChops.overlay(image, _grain()), 0.55)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=84)
    return out.getvalue()


def draw_seal(initials: str, colour: str) -> bytes:
    """A plain round mark with initials as PNG; it resembles no real seal."""
    size = 512
    image = Image.new("RGBA", (size, size), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    draw.ellipse((8, 8, size - 8, size - 8), fill=colour)
    draw.ellipse((30, 30, size - 30, size - 30), outline="white", width=8)
    draw.text((size / 2, size / 2 + 4), initials, fill="white", font=ImageFont.load_default(190), anchor="mm")
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def _street(chance: random.Random, *, night: bool) -> Image.Image:
    top, low = ((12, 16, 38), (34, 40, 66)) if night else ((132, 180, 222), (226, 236, 242))
    image = _gradient(top, low)
    draw = ImageDraw.Draw(image, "RGBA")
    x = -40
    while x < WIDTH:
        width, height = chance.randint(90, 190), chance.randint(90, 230)
        tone = chance.randint(24, 44) if night else chance.randint(168, 216)
        body = (tone, tone + 2, tone + 14) if night else (tone, tone - 12, tone - 34)
        draw.rectangle((x, HORIZON - height, x + width, HORIZON), fill=body)
        draw.polygon(
            ((x - 12, HORIZON - height), (x + width / 2, HORIZON - height - 46), (x + width + 12, HORIZON - height)),
            fill=(52, 30, 32) if night else (158, 86, 64),
        )
        for window in range(x + 16, x + width - 30, 46):
            lit = (236, 196, 110) if night and chance.random() < 0.3 else ((18, 22, 38) if night else (92, 112, 128))
            draw.rectangle((window, HORIZON - height + 30, window + 24, HORIZON - height + 62), fill=lit)
        x += width + chance.randint(4, 26)
    grass = (18, 30, 26) if night else (112, 150, 88)
    draw.rectangle((0, HORIZON, WIDTH, HEIGHT), fill=grass)
    road = (34, 35, 42) if night else (112, 113, 116)
    draw.polygon(((400, HORIZON), (560, HORIZON), (1010, HEIGHT), (-50, HEIGHT)), fill=road)
    line = (110, 110, 104) if night else (236, 234, 224)
    for step in range(6):
        y = HORIZON + 14 + step * step * 12
        w = 2 + step * 2
        draw.polygon(
            ((480 - w, y), (480 + w, y), (480 + w * 1.5, y + 10 + step * 9), (480 - w * 1.5, y + 10 + step * 9)),
            fill=line,
        )
    for tree in range(3):
        spot = chance.choice((chance.randint(20, 250), chance.randint(720, 930)))
        size = 42 + tree * 12
        leaf = (20, 36, 30) if night else (64 + tree * 10, 118, 62)
        draw.rectangle((spot - 5, HORIZON - 40, spot + 5, HORIZON + 26), fill=(62, 48, 36))
        for _ in range(7):
            dx, dy = chance.randint(-size, size), chance.randint(-size, size // 2)
            r = size * 0.6
            draw.ellipse((spot + dx - r, HORIZON - 70 + dy - r, spot + dx + r, HORIZON - 70 + dy + r), fill=leaf)
    return image


@cache
def _grain() -> Image.Image:
    """What a telephone's small sensor adds to a picture."""
    return Image.effect_noise((WIDTH, HEIGHT), 22).convert("RGB")


def _gradient(top: Colour, low: Colour) -> Image.Image:
    mask = Image.linear_gradient("L").resize((WIDTH, HEIGHT))
    return Image.composite(Image.new("RGB", (WIDTH, HEIGHT), low), Image.new("RGB", (WIDTH, HEIGHT), top), mask)


def _pole(draw: ImageDraw.ImageDraw, colour: Colour) -> None:
    draw.rectangle((716, 130, 728, 610), fill=colour)
    draw.line(((722, 136), (606, 116)), fill=colour, width=9)
    draw.rounded_rectangle((566, 106, 630, 128), 8, fill=colour)


def _dark_street(image: Image.Image, draw: ImageDraw.ImageDraw, chance: random.Random) -> None:
    _pole(draw, (72, 74, 84))
    draw.ellipse((580, 122, 616, 138), fill=(44, 44, 52))
    draw.ellipse((790 + chance.randint(-30, 30), 60, 836, 106), fill=(226, 224, 206))


def _lit_street(image: Image.Image, draw: ImageDraw.ImageDraw, chance: random.Random) -> None:
    glow = Image.new("RGB", image.size)
    light = ImageDraw.Draw(glow)
    light.polygon(((584, 128), (614, 128), (880, 700), (300, 700)), fill=(96, 82, 40))
    light.ellipse((528, 66, 670, 196), fill=(150, 128, 70))
    image.paste(ImageChops.add(image, glow.filter(ImageFilter.GaussianBlur(34))))
    _pole(draw, (120, 118, 112))
    draw.ellipse((576, 118, 622, 142), fill=(255, 244, 200))


def _rubbish(image: Image.Image, draw: ImageDraw.ImageDraw, chance: random.Random) -> None:
    tones = ((44, 46, 52), (70, 72, 80), (182, 182, 186), (38, 86, 130), (196, 164, 60), (150, 62, 54), (220, 220, 214))
    for _ in range(64):
        depth = chance.random()
        x = 190 + chance.gauss(0, 120) * (0.5 + depth)
        y = 500 + depth * 130 - abs(chance.gauss(0, 34))
        r = 16 + depth * 34
        tone = chance.choice(tones)
        draw.ellipse((x - r, y - r * 0.7, x + r, y + r * 0.7), fill=tone)
        draw.ellipse((x - r * 0.5, y - r * 0.55, x, y - r * 0.2), fill=(255, 255, 255, 46))
        draw.polygon(((x - 5, y - r * 0.6), (x + 5, y - r * 0.6), (x, y - r)), fill=tone)


def _clean_street(image: Image.Image, draw: ImageDraw.ImageDraw, chance: random.Random) -> None:
    draw.rectangle((110, 470, 210, 600), fill=(36, 110, 74))
    draw.rounded_rectangle((98, 452, 222, 480), 8, fill=(28, 88, 60))
    draw.ellipse((122, 586, 148, 612), fill=(40, 40, 42))
    draw.ellipse((174, 586, 200, 612), fill=(40, 40, 42))


def _hole(draw: ImageDraw.ImageDraw, chance: random.Random, tone: Colour, spread: float) -> None:
    edge = [
        (480 + chance.uniform(0.8, 1.15) * 170 * spread * x, 590 + chance.uniform(0.8, 1.15) * 58 * spread * y)
        for x, y in ((1, 0), (0.8, 0.6), (0.3, 0.95), (-0.4, 0.9), (-0.9, 0.5), (-1, -0.1), (-0.6, -0.8), (0.1, -1),
                     (0.7, -0.7))
    ]  # fmt: skip
    draw.polygon(edge, fill=tone)


def _pothole(image: Image.Image, draw: ImageDraw.ImageDraw, chance: random.Random) -> None:
    state = chance.getstate()
    for tone, spread in (((84, 82, 80), 1.25), ((58, 54, 50), 1.0), ((96, 90, 78), 0.6)):
        chance.setstate(state)
        _hole(draw, chance, tone, spread)
    for _ in range(40):
        x, y, r = 480 + chance.gauss(0, 170), 600 + chance.gauss(0, 46), chance.randint(2, 8)
        draw.ellipse((x - r, y - r * 0.6, x + r, y + r * 0.6), fill=(136, 130, 122))


def _patched_road(image: Image.Image, draw: ImageDraw.ImageDraw, chance: random.Random) -> None:
    draw.polygon(((318, 540), (640, 540), (700, 654), (268, 654)), fill=(52, 53, 58))
    draw.line(((318, 540), (640, 540), (700, 654), (268, 654), (318, 540)), fill=(34, 34, 38), width=5)


def _flood(image: Image.Image, draw: ImageDraw.ImageDraw, chance: random.Random) -> None:
    draw.rectangle((0, 470, WIDTH, HEIGHT), fill=(122, 108, 82, 236))
    mirror = image.crop((0, 250, WIDTH, 470)).transpose(Image.Transpose.FLIP_TOP_BOTTOM).resize((WIDTH, 250))
    image.paste(Image.blend(image.crop((0, 470, WIDTH, 720)), mirror, 0.22), (0, 470))
    for _ in range(70):
        y = chance.randint(474, 714)
        x, length = chance.randint(-40, WIDTH), chance.randint(30, 150) * (y - 380) // 200
        draw.line(((x, y), (x + length, y)), fill=(222, 210, 180, 90), width=2 + (y - 470) // 90)


def _dry_street(image: Image.Image, draw: ImageDraw.ImageDraw, chance: random.Random) -> None:
    draw.polygon(((120, HEIGHT), (250, HEIGHT), (392, HORIZON), (380, HORIZON)), fill=(150, 148, 142))
    draw.polygon(((160, HEIGHT), (216, HEIGHT), (387, HORIZON), (383, HORIZON)), fill=(70, 84, 92))


def _jam(image: Image.Image, draw: ImageDraw.ImageDraw, chance: random.Random) -> None:
    paints = ((188, 40, 40), (236, 236, 232), (40, 44, 52), (52, 92, 150), (198, 200, 204), (214, 170, 50))
    for row in range(5):
        y, scale = 424 + row * row * 14, 0.3 + row * 0.24
        for lane in (-1, 1):
            x = 480 + lane * (34 + row * 46) + chance.randint(-6, 6)
            w, h = 62 * scale, 74 * scale
            draw.rounded_rectangle((x - w, y - h * 0.3, x + w, y + h * 0.7), 12 * scale, fill=chance.choice(paints))
            draw.rounded_rectangle((x - w * 0.8, y - h * 0.8, x + w * 0.8, y), 16 * scale, fill=(58, 68, 78))
            for side in (-1, 1):
                cx = x + side * w * 0.78
                draw.ellipse((cx - 9 * scale, y + 6 * scale, cx + 9 * scale, y + 24 * scale), fill=(224, 40, 34))


def _free_road(image: Image.Image, draw: ImageDraw.ImageDraw, chance: random.Random) -> None:
    for step in range(6):
        y = HORIZON + 16 + step * step * 12
        x, r = 570 + step * 64, 4 + step * 3
        draw.polygon(((x - r, y + r * 3), (x + r, y + r * 3), (x, y - r * 2)), fill=(226, 104, 40))


_THINGS = {
    "dark-street": _dark_street,
    "lit-street": _lit_street,
    "rubbish": _rubbish,
    "clean-street": _clean_street,
    "pothole": _pothole,
    "patched-road": _patched_road,
    "flood": _flood,
    "dry-street": _dry_street,
    "jam": _jam,
    "free-road": _free_road,
}
