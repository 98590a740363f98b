from django import forms
from unfold.widgets import UnfoldAdminTextInputWidget

from accounts.factors.proofs import Proof

LONGEST_CODE = 64


class CodeForm(forms.Form):
    """Six digits of an app, or where ``takes_recovery_codes`` one of those."""

    code = forms.CharField(
        max_length=LONGEST_CODE,
        widget=UnfoldAdminTextInputWidget(
            attrs={"autocomplete": "one-time-code", "autofocus": "", "inputmode": "text", "spellcheck": "false"}
        ),
    )

    @property
    def proof(self) -> Proof:
        code = "".join(self.cleaned_data["code"].split())
        is_of_app = len(code) == 6 and code.isascii() and code.isdigit()
        return Proof(code=code) if is_of_app else Proof(recovery_code=code)
