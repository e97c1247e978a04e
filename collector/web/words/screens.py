"""Sentences of the screens."""

ZH_SCREENS: dict[str, str] = {}
