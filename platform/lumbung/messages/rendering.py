"""Texts of messages from templates."""

from __future__ import annotations

from dataclasses import dataclass
from html import unescape
from typing import Any

from flask import current_app, g, has_app_context
from jinja2 import Environment, Template, TemplateNotFound

from lumbung.i18n import Language, current_language, speaking
from lumbung.web.sites import Site


@dataclass(frozen=True)
class RenderedEmail:
    """Subject, plain text, and HTML when there is a template for it; goes into `send_email`."""

    subject: str
    text: str
    html: str | None


def render_email(
    template: str, *, language: Language | None = None, site: Site | None = None, **values: Any
) -> RenderedEmail:
    """The e-mail of `<template>.txt` (extends `email.txt`) and `<template>.html` (extends `email.html`,
    optional).

    The subject is the block `subject` of the text template, else of the HTML template. `language` is the
    recipient's; without it the present one. `site` is the sender's, by default that of the request, if any.
    Templates see `site`, `lang`, `t` and `values`. Raises jinja2.TemplateNotFound without a text template.
    """
    with speaking(language or current_language()):
        environment = current_app.jinja_env
        sender = site or (g.get("site") if has_app_context() else None)
        context = {"site": sender, "lang": current_language(), **values}
        plain = environment.get_template(f"{template}.txt")
        rich = _find_template(environment, f"{template}.html")
        return RenderedEmail(
            subject=_subject(plain, rich, context),
            text=plain.render(context).strip() + "\n",
            html=rich.render(context) if rich is not None else None,
        )


def _find_template(environment: Environment, name: str) -> Template | None:
    try:
        return environment.get_template(name)
    except TemplateNotFound as error:
        if error.name != name:
            raise
        return None


def _subject(plain: Template, rich: Template | None, context: dict[str, Any]) -> str:
    if "subject" in plain.blocks:
        return _block(plain, context)
    if rich is not None and "subject" in rich.blocks:
        return unescape(_block(rich, context))
    raise ValueError(f"{plain.name} has no block named subject.")


def _block(template: Template, context: dict[str, Any]) -> str:
    made = template.new_context(context)
    return " ".join("".join(template.blocks["subject"](made)).split())
