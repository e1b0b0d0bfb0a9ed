"""What a text goes through after it was accepted, and which receipts of that are told: in order or shuffled, doubled,
dropped, late. Calls nobody."""

import random
from dataclasses import dataclass, field

from bot.fake_twilio.ledger import Ledger, Text


@dataclass
class Receipts:
    """How texts fare. Shares go from 0 to 1."""

    chance: random.Random
    statuses: tuple[str, ...] = ("sent", "delivered")
    shuffled: bool = False
    doubled: float = 0.0
    dropped: float = 0.0
    delay: float = 0.0  # seconds
    fate: dict[str, int] = field(default_factory=dict)  # address -> code its texts end undelivered with

    def lived_through(self, text: Text, ledger: Ledger, account_sid: str, code: int = 0) -> list[dict[str, str]]:
        """The text in its last state, and the forms of its receipts as they are to be told; `code`: it ends undelivered
        with that, as it also may by its fate."""
        code = code or self.fate.get(text.recipient, 0)
        statuses = (*self.statuses[:-1], "undelivered") if code else self.statuses
        forms = []
        for status in statuses:
            ledger.mark(text, status, code if status == "undelivered" else None)
            forms.append(self.form(text, status, account_sid))
        return self._told(forms)

    def form(self, text: Text, status: str, account_sid: str) -> dict[str, str]:
        form = {
            **dict.fromkeys(("MessageSid", "SmsSid"), text.sid),
            **dict.fromkeys(("MessageStatus", "SmsStatus"), status),
            "AccountSid": account_sid,
            "From": text.sender,
            "To": text.recipient,
            "ApiVersion": "2010-04-01",
        }
        return form | ({"ErrorCode": str(text.code)} if text.code else {})

    def _told(self, forms: list[dict[str, str]]) -> list[dict[str, str]]:
        told = [form for form in forms if not self._drawn(self.dropped)]
        told += [form for form in told if self._drawn(self.doubled)]
        if self.shuffled:
            self.chance.shuffle(told)
        return told

    def _drawn(self, share: float) -> bool:
        return share > 0 and self.chance.random() < share
