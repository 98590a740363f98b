"""What GDPR Art. 15 wants said beside the data itself. The words also stand in docs/privacy.md."""

from typing import Any

from numerai.common.privacy import holdings

RECIPIENTS = (
    "Stripe, which takes payments for us and keeps cards: name, e-mail address, what was bought.",
    "The mail and text services that carry our messages: your address and what we write to you.",
    "Google or Apple, if you sign in by them: that you have an account with us.",
    "The hosts of our servers and backups, who work on our instructions.",
)
SOURCES = (
    "You: what you entered when you signed up and since.",
    "Your devices: the browser's name and a shortened network address at sign-in.",
    "Google or Apple, if you sign in by them: your address and, with Apple once, your name.",
    "Stripe: whether payments went through.",
)
RIGHTS = (
    "Have it corrected (Art. 16): in your profile, or write to us.",
    "Have it erased (Art. 17): delete your account; everything goes after 30 days, but for books the law has us keep.",
    "Have it restricted (Art. 18), or object (Art. 21): write to us.",
    "Take it elsewhere (Art. 20): this document is made for machines.",
    "Complain to the data protection authority of the place where you live (Art. 77).",
)


def meta() -> dict[str, Any]:
    """Purposes and retention of every section, recipients, sources and rights."""
    held = {
        f"{holding.app}.{table.section}": {"purpose": table.purpose, "kept": table.until}
        for holding in holdings()
        for table in holding.tables
        if table.is_section
    }
    return {
        "held": held,
        "recipients": list(RECIPIENTS),
        "sources": list(SOURCES),
        "rights": list(RIGHTS),
        "automated_decisions": "None that would have legal effects for you.",
    }
