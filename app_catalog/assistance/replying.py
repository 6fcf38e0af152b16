"""A helper answers a request: accepts it, declines it with a reason, or hands it on; and who is told."""

from __future__ import annotations

from app_catalog.assistance.answering import Helping, accept_case, decline_case, hand_on
from app_catalog.assistance.forms import Form
from app_catalog.assistance.telling import Letter, app_name, tell_asker, tell_helper, tell_of_request
from lumbung.db.tenancy import AnySession
from lumbung.errors import Invalid
from lumbung.i18n import Text, t
from lumbung.plain_text import plain_text


def answer(session: AnySession, helped: Helping, form: Form) -> Text:
    """By the form's `answer`: `accept`, `decline` or `hand_on`.

    Raises Invalid when it is none of these, and as `accept_case`, `decline_case` and `hand_on` do.
    """
    reason = plain_text(form.get("reason", ""))
    match form.get("answer"):
        case "accept":
            return _accept(session, helped)
        case "decline":
            return _decline(session, helped, reason)
        case "hand_on":
            return _hand_on(session, helped, form.get("to", ""), reason)
    raise Invalid(fields={"answer": [t("Pilih jawabannya.", "Choose an answer.")]})


def _accept(session: AnySession, helped: Helping) -> Text:
    case, others = accept_case(session, helped)
    said = {"who": helped.helper.name, "app": app_name(session, case)}
    tell_asker(
        session,
        case,
        Letter(
            Text("{who} bersedia mendampingi {app}", "{who} will help you with {app}").format(**said),
            Text(
                "{who} menerima permintaan Anda. Sepakati waktu sesi pertama, atau tulis pesan.",
                "{who} has accepted your request. Agree on a first session, or write a message.",
            ).format(**said),
        ),
    )
    subject = Text("Permintaan tentang {app} sudah ditangani", "The request about {app} is taken care of").format(
        **said
    )
    for other in others:
        tell_helper(session, case, other, Letter(subject))
    return Text(
        "Anda mendampingi daerah ini. Usulkan waktu sesi pertama.", "You help them now. Propose a first session."
    )


def _decline(session: AnySession, helped: Helping, reason: str) -> Text:
    case = decline_case(session, helped, reason)
    said = {"who": helped.helper.name, "app": app_name(session, case)}
    more = Text(
        "Tidak ada lagi yang ditunggu jawabannya. Anda dapat bertanya kepada yang lain.",
        "Nobody else’s answer is awaited. You may ask others.",
    )
    tell_asker(
        session,
        case,
        Letter(
            Text("{who} tidak dapat mendampingi {app}", "{who} cannot help with {app}").format(**said),
            Text.paragraphs(reason, more if case.state == "declined" else None),
        ),
    )
    return Text("Jawaban terkirim.", "The answer was sent.")


def _hand_on(session: AnySession, helped: Helping, to: str, reason: str) -> Text:
    case, helper = hand_on(session, helped, to, reason)
    said = {"who": helped.helper.name, "to": helper.name, "app": app_name(session, case)}
    tell_of_request(session, case, [helper])
    subject = Text(
        "{who} meneruskan permintaan Anda tentang {app} kepada {to}",
        "{who} handed your request about {app} on to {to}",
    )
    tell_asker(session, case, Letter(subject.format(**said), Text.paragraphs(subject.format(**said), reason)))
    return Text("Permintaan diteruskan.", "The request was handed on.")
