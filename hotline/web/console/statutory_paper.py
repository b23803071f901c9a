"""What stands on the receipt of a call; it is in Chinese, whatever language the console speaks."""

from __future__ import annotations

from typing import Any, Final

from hotline.cases.case_file import CaseFile
from hotline.cases.statutory_models import CallReceipt
from hotline.cases.statutory_queries import day_of
from hotline.cases.statutory_receipts import receipt_number
from hotline.clock import SHANGHAI
from hotline.documents.paper import in_words
from hotline.i18n import catalogue, mark
from hotline.privacy.masking import mask_text
from hotline.telephony.calls import CHANNEL_LABELS
from hotline.work import Work

TEMPLATE: Final = "receipt"
_HOTLINE: Final = mark("Workers' hotline 12351")


def receipt_data(work: Work, file: CaseFile, receipt: CallReceipt) -> dict[str, Any]:
    """The values of `documents/templates/receipt.typ`; the caller's name only where the receipt was made with it."""
    called = receipt.called_at.astimezone(SHANGHAI)
    return {
        "issuer": _issuer(work),
        "number": receipt_number(file.case.number, receipt.ordinal),
        "case_number": file.case.number,
        "called_at": f"{in_words(day_of(called))} {called:%H:%M}",
        "channel": _in_chinese(CHANNEL_LABELS[file.case.channel]),
        "name": file.caller.name if receipt.with_name else "",
        "claimed": [line.strip() for line in mask_text(receipt.claimed).splitlines() if line.strip()],
        "made_on": in_words(day_of(receipt.made_at)),
    }


def _issuer(work: Work) -> str:
    """The federation at the top, whose hotline it is."""
    top = next((one for one in work.policy.departments if one.superior is None), None)
    return (top.name if top else "") + _in_chinese(_HOTLINE).replace(" ", "")  # on paper nothing stands between them


def _in_chinese(message: str) -> str:
    return catalogue("zh").get(message, message)
