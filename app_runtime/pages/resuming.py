"""Opening a form: empty, or as whoever is signed in left it."""

from __future__ import annotations

from werkzeug.datastructures import FileStorage, MultiDict

from app_runtime.drafts.services import Draft, find_draft
from app_runtime.pages.opening import OpenPage
from app_runtime.pages.reading_form import Written, asked_in_form, check_form, read_form
from app_runtime.pages.sending import Sending, form_fields
from app_runtime.pages.sent_before import SITTING, is_sent, list_sent
from app_runtime.pages.stepping import CHECK, scope_of_form, steps_of, to_check
from app_runtime.pages.submission_keys import SEEN, find_key, new_key
from lumbung.db import now


def open_form(opened: OpenPage) -> Sending:
    """The form under the key that this browser has for it: going back brings the same form, not another one.

    A key is kept until the browser asks for another, or a day after something was sent under it. Whoever is signed in
    gets what they had written and not yet sent, as far as it still fits.
    """
    account_id = opened.writer.account_id
    if account_id is not None:
        draft = find_draft(opened.app.session, opened.app.installation, opened.page.id, account_id)
        # A draft that was kept while another tab sent the form is none any more.
        if draft is not None and not is_sent(opened, draft.key):
            return _resumed(opened, draft)
    key = find_key(opened)
    if key is None:
        return Sending(new_key(opened))
    sent = list_sent(opened, key)
    if sent and sent[0].created_at < now() - SITTING:
        return Sending(new_key(opened))
    return Sending(key, own=sent)


def _resumed(opened: OpenPage, draft: Draft) -> Sending:
    fields = form_fields(opened)
    form: MultiDict[str, str] = MultiDict(
        (name, text)
        for name, texts in draft.texts.items()
        if name.partition(".")[0] in fields and name != SEEN
        for text in texts
    )
    for name, files in draft.files.items():
        form.setlist(f"{name}.kept", [file.token for file in files])
    written = read_form(opened.app, fields.values(), form, MultiDict[str, FileStorage]())
    scope = scope_of_form(opened)
    sending = Sending(draft.key, typed=written.typed, draft=draft, seen=tuple(draft.texts.get(SEEN, ())), at=draft.step)
    sending.asked = asked_in_form(opened.app, fields, written, scope, opened.writer)
    if draft.step == CHECK:
        checked = Written(written.values, written.landmarks, written.kept)
        sending.values = check_form(opened.app, fields, checked, scope, opened.writer)
        to_check(steps_of(opened, fields, sending.asked.hidden), checked.errors, sending)
        # Nothing was sent: what is wrong is told once the form is.
        sending.errors, sending.status = {}, 200
    return sending
