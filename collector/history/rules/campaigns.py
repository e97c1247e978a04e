"""A campaign: one message or one call to each person of a list (handbook section 5), and how it moves on."""

from __future__ import annotations

from enum import StrEnum

from collector.history.rules.words import Channel

CAMPAIGN_CHANNELS = (Channel.sms, Channel.call)


class CampaignState(StrEnum):
    """draft → asked → running ⇄ paused → over. What needs no second person goes from draft to running."""

    draft = "draft"
    asked = "awaiting_approval"
    running = "running"
    paused = "paused"
    over = "finished"


CAMPAIGN_MOVES: dict[CampaignState, frozenset[CampaignState]] = {
    CampaignState.draft: frozenset({CampaignState.asked, CampaignState.running, CampaignState.over}),
    CampaignState.asked: frozenset({CampaignState.running, CampaignState.over}),
    CampaignState.running: frozenset({CampaignState.paused, CampaignState.over}),
    CampaignState.paused: frozenset({CampaignState.running, CampaignState.over}),
    CampaignState.over: frozenset(),
}


class MemberState(StrEnum):
    """What became of an account of a campaign. Only `released` is a fact that the plan knows; `refused`: a rule kept
    it from ever being contacted; `stopped`: the campaign ended before its turn."""

    waiting = "waiting"
    released = "released"
    done = "contacted"
    refused = "refused"
    stopped = "stopped"


SILENT = "SILENT"
"""In place of a rule: nothing was planned, since the account is quiet, or something more urgent had the day."""
