"""The colours, by what they are for. Every text reaches a contrast of 4.5 on what it stands on, in both themes."""

from enum import StrEnum


class Theme(StrEnum):
    """``AUTO`` follows what the reader's device prefers."""

    AUTO = "auto"
    LIGHT = "light"
    DARK = "dark"


LIGHT = {
    "page": "#fbf8f1",
    "card": "#ffffff",
    "tint": "#ece5fb",
    "sand": "#f3ecdc",
    "ink": "#1f1a2e",
    "soft": "#575069",
    "accent": "#5a3bb0",
    "on-accent": "#ffffff",
    "master": "#7a4f00",
    "master-tint": "#fbeecb",
    "line": "#d8d0c0",
    "band": "#cbb8f2",
    "track": "#e5dfd2",
    "here": "#b3261e",
    "on-here": "#ffffff",
    "natural": "#1b6b3a",
    "compatible": "#0b6273",
    "neutral": "#5a5570",
    "challenging": "#9a3412",
}
DARK = {
    "page": "#15121e",
    "card": "#211d2e",
    "tint": "#372e58",
    "sand": "#2a2638",
    "ink": "#f3f0fb",
    "soft": "#bdb6d2",
    "accent": "#bda6ff",
    "on-accent": "#1b1233",
    "master": "#f4c95d",
    "master-tint": "#40351a",
    "line": "#453e5c",
    "band": "#5b4a91",
    "track": "#383149",
    "here": "#ff8a80",
    "on-here": "#2b0906",
    "natural": "#7bd69a",
    "compatible": "#6fd0e3",
    "neutral": "#b9b2d0",
    "challenging": "#ffb085",
}
COLOURS = {Theme.LIGHT: LIGHT, Theme.DARK: DARK, Theme.AUTO: LIGHT}
