"""The words of every problem: what is wrong, and what would be right, in Indonesian and English.

Keys are public slugs, never renamed. Braces are filled in by the place that notes the problem.
"""

from app_catalog.definitions.problem_texts.documents import DOCUMENT_TEXTS
from app_catalog.definitions.problem_texts.files import FILE_TEXTS
from app_catalog.definitions.problem_texts.filters import FILTER_TEXTS
from app_catalog.definitions.problem_texts.holding import HOLDING_TEXTS
from app_catalog.definitions.problem_texts.meanings import MEANING_TEXTS
from app_catalog.definitions.problem_texts.named import NAMED_TEXTS
from app_catalog.definitions.problem_texts.pages import PAGE_TEXTS
from app_catalog.definitions.problem_texts.publiccode import PUBLICCODE_TEXTS
from app_catalog.definitions.problem_texts.running import RUNNING_TEXTS
from app_catalog.definitions.problem_texts.shapes import SHAPE_TEXTS
from app_catalog.definitions.problem_texts.wording import ProblemText

PROBLEM_TEXTS: dict[str, ProblemText] = {
    **FILE_TEXTS,
    **SHAPE_TEXTS,
    **MEANING_TEXTS,
    **HOLDING_TEXTS,
    **FILTER_TEXTS,
    **NAMED_TEXTS,
    **DOCUMENT_TEXTS,
    **PAGE_TEXTS,
    **RUNNING_TEXTS,
    **PUBLICCODE_TEXTS,
}
