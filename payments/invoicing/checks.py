"""What would leave an invoice without a sender or without its picture, found at start."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

PICTURES = (".svg", ".png")


@register()
def logo_is_a_picture(**_: Any) -> list[CheckMessage]:
    logo = settings.COMPANY_LOGO
    if logo and (Path(logo).suffix.lower() not in PICTURES or not Path(logo).is_file()):
        return [
            Error(
                "COMPANY_LOGO is no SVG or PNG file that can be read.",
                hint="Give the full path of a file in the image, or leave it empty to show the name.",
                id="payments.E040",
            )
        ]
    return []


@register()
def fonts_are_there(**_: Any) -> list[CheckMessage]:
    directory = settings.INVOICE_FONT_DIRECTORY
    if directory and not Path(directory).is_dir():
        return [
            Error(
                "INVOICE_FONT_DIRECTORY is no directory.",
                hint="Leave it empty to use the fonts that come with the typesetter.",
                id="payments.E041",
            )
        ]
    return []


@register(deploy=True)
def sender_has_an_address(**_: Any) -> list[CheckMessage]:
    if not settings.COMPANY_ADDRESS or not settings.COMPANY_EMAIL:
        return [
            Warning(
                "Invoices name no address or no e-mail of the company that sends them.",
                hint="Set COMPANY_ADDRESS, with | between its lines, and COMPANY_EMAIL.",
                id="payments.W040",
            )
        ]
    return []
