"""Who may open which route: the one place. A route that is not named here opens for nobody."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import Request

from collector.casework.approvals import DECIDERS
from collector.foundation.errors import BadInput, Forbidden
from collector.identity.rules import ApiScope, Role
from collector.web.session import ApiCallerParam, CallerParam

ALL = frozenset(Role)
CALLERS = frozenset({Role.agent, Role.senior, Role.supervisor})
AGENTS = frozenset({Role.agent, Role.senior})
"""Those who have cases of their own."""
TALKERS = CALLERS | {Role.legal, Role.tracer}
"""Everyone who may have a borrower on the line."""
SUPERVISOR = frozenset({Role.supervisor})
OFFICE = SUPERVISOR | {Role.operations, Role.legal, Role.auditor, Role.admin}
"""Who may look at portfolios and texts."""
WRITERS = SUPERVISOR | {Role.operations, Role.legal, Role.admin}
"""Who may write texts for a second person to agree to."""
PLANNERS = SUPERVISOR | {Role.operations}
"""Who may have a list of people contacted."""
PAPER_READERS = SUPERVISOR | {Role.legal, Role.operations, Role.auditor}
"""Who may see the papers of an account."""
PROPOSERS = TALKERS | {Role.operations}
"""Who may propose terms of a debt; who agrees to them, the strategy says."""
ADMIN = frozenset({Role.admin})
LOADERS = frozenset({Role.operations})
"""Who may bring files, and see what of them was refused."""

STRATEGISTS = SUPERVISOR | {Role.auditor, Role.admin}
"""Who may read strategies; only supervisors draft them."""

PUBLIC = frozenset({"login_page", "log_in", "give_code", "reset_page", "use_reset", "alive", "ready"})
"""Pages without a sign-in."""

PAGES: Mapping[str, frozenset[Role]] = {
    "home": ALL,
    "log_out": ALL,
    "password_page": ALL,
    "change_password": ALL,
    "set_language": ALL,
    "me": ALL,
    "end_sessions": ALL,
    "reset_seen": ALL,
    "codes_page": ALL,
    "begin_codes": ALL,
    "first_code": ALL,
    "end_codes": ALL,
    "reference": ALL,
    "reference_schema": ALL,
    "account_page": ALL,
    "open_file": ALL,
    "search_page": ALL,
    "search": ALL,
    "desk": CALLERS,
    "take_next": CALLERS,
    "choose_state": CALLERS,
    "place_call": CALLERS,
    "my_cases": AGENTS,
    "ask_keep": CALLERS,
    "release_call": CALLERS,
    "send_how_to_pay": CALLERS,
    "record_outcome": CALLERS,
    "verify_person": CALLERS,
    "live_call": CALLERS,
    "desk_live": CALLERS,
    "let_somebody_call": CALLERS,
    "inbound_page": CALLERS,
    "find_caller": CALLERS,
    "choose_caller": CALLERS,
    "verify_caller": CALLERS,
    "inbound_outcome": CALLERS,
    "inbound_how_to_pay": CALLERS,
    "live_inbound": CALLERS,
    "paper_done": TALKERS | {Role.operations},
    "log_promise": TALKERS,
    "withdraw_promise": TALKERS,
    "log_says_paid": TALKERS,
    "log_callback": TALKERS,
    "log_disposition": TALKERS,
    "log_dispute": TALKERS,
    "log_complaint": TALKERS,
    "log_stop": TALKERS,
    "log_found": TALKERS,
    "contact_page": ALL,
    "account_papers": PAPER_READERS,
    "file_paper": SUPERVISOR | {Role.legal, Role.operations},
    "give_paper": PAPER_READERS,
    "make_case": SUPERVISOR | {Role.legal},
    "give_balance": SUPERVISOR | {Role.legal, Role.operations},
    "print_balance": SUPERVISOR | {Role.legal, Role.operations},
    "log_wish": TALKERS,
    "end_wish": SUPERVISOR | {Role.legal},
    "law_page": ALL,
    "pack_page": ALL,
    "recording_page": CALLERS | {Role.legal, Role.auditor},
    "recording_sound": CALLERS | {Role.legal, Role.auditor},
    "score_call": SUPERVISOR,
    "quality": SUPERVISOR | {Role.auditor},
    "refusals_page": SUPERVISOR | {Role.auditor, Role.legal},
    "refusals_of_rule": SUPERVISOR | {Role.auditor, Role.legal},
    "answer_dispute": SUPERVISOR | {Role.legal},
    "lift_stop": SUPERVISOR,
    "log_hold": SUPERVISOR,
    "lift_hold": SUPERVISOR,
    "extend_hold": TALKERS,
    "red_switch": SUPERVISOR,
    "preview_hold": SUPERVISOR,
    "put_hold": SUPERVISOR,
    "log_pause": SUPERVISOR | {Role.operations},
    "lower_level": SUPERVISOR,
    "account_terms": ALL,
    "preview_terms": PROPOSERS,
    "propose_terms": PROPOSERS,
    "move_terms": PROPOSERS,
    "terms_page": PROPOSERS | {Role.auditor, Role.admin},
    "propose_advances": PLANNERS,
    "floor": SUPERVISOR | {Role.auditor},
    "floor_live": SUPERVISOR | {Role.auditor},
    "floor_promises": SUPERVISOR | {Role.auditor},
    "floor_untouched": SUPERVISOR | {Role.auditor},
    "allocation_page": SUPERVISOR | {Role.auditor},
    "preview_allocation": SUPERVISOR,
    "run_allocation": SUPERVISOR,
    "preview_reassign": SUPERVISOR,
    "run_reassign": SUPERVISOR,
    "recall_account": SUPERVISOR,
    "note_absence": SUPERVISOR,
    "end_absence": SUPERVISOR,
    "campaigns_page": PLANNERS | {Role.auditor},
    "campaign_page": PLANNERS | {Role.auditor},
    "campaign_accounts": PLANNERS | {Role.auditor},
    "new_campaign": PLANNERS,
    "preview_campaign": PLANNERS,
    "make_campaign": PLANNERS,
    "move_campaign": PLANNERS,
    "approvals_page": ALL,
    "decide_approval": DECIDERS,
    "withdraw_approval": ALL,
    "portfolios_page": OFFICE,
    "portfolio_page": OFFICE,
    "contracts_page": OFFICE,
    "propose_rate": WRITERS,
    "propose_rates": WRITERS,
    "propose_setting": WRITERS,
    "propose_ways": SUPERVISOR | {Role.operations, Role.admin},
    "cancel_ways": SUPERVISOR | {Role.operations, Role.admin},
    "texts_page": OFFICE,
    "text_page": OFFICE,
    "new_text": WRITERS,
    "check_text": WRITERS,
    "propose_text": WRITERS,
    "register_text": frozenset({Role.operations, Role.admin}),
    "plan_now": SUPERVISOR | {Role.operations},
    "figures_page": SUPERVISOR | {Role.operations, Role.auditor},
    "figures_accounts": SUPERVISOR | {Role.operations, Role.auditor},
    "export_accounts": SUPERVISOR | {Role.operations, Role.auditor},
    "ask_export": SUPERVISOR | {Role.operations, Role.auditor},
    "strategy_page": STRATEGISTS,
    "strategy_book": STRATEGISTS,
    "strategy_version": STRATEGISTS,
    "download_strategy": STRATEGISTS,
    "compare_strategies": STRATEGISTS,
    "strategy_proposal": STRATEGISTS,
    "withdraw_strategy": SUPERVISOR,
    "begin_draft": SUPERVISOR,
    "strategy_draft": SUPERVISOR,
    "move_rows": SUPERVISOR,
    "save_row": SUPERVISOR,
    "save_part": SUPERVISOR,
    "save_draft_text": SUPERVISOR,
    "download_draft": SUPERVISOR,
    "drop_strategy_draft": SUPERVISOR,
    "try_draft": SUPERVISOR,
    "strategy_trial": SUPERVISOR,
    "strategy_trial_now": SUPERVISOR,
    "trial_accounts": SUPERVISOR,
    "propose_strategy": SUPERVISOR,
    "skiptrace_queue": SUPERVISOR | {Role.tracer, Role.auditor},
    "legal_queue": SUPERVISOR | {Role.legal, Role.auditor},
    "legal_page": SUPERVISOR | {Role.legal, Role.auditor},
    "legal_case": SUPERVISOR | {Role.legal, Role.auditor},
    "note_clock_event": SUPERVISOR | {Role.legal},
    "move_referral": SUPERVISOR | {Role.tracer, Role.legal},
    "letters_page": SUPERVISOR | {Role.legal, Role.operations, Role.auditor},
    "print_letters": SUPERVISOR | {Role.legal, Role.operations},
    "letter_batch": PAPER_READERS,
    "batch_progress": PAPER_READERS,
    "batch_as_pdf": SUPERVISOR | {Role.legal, Role.operations},
    "batch_as_csv": SUPERVISOR | {Role.legal, Role.operations},
    "number_batch": SUPERVISOR | {Role.legal, Role.operations},
    "post_batch": SUPERVISOR | {Role.legal, Role.operations},
    "list_for_the_post": SUPERVISOR | {Role.legal, Role.operations},
    "tell_letters": SUPERVISOR | {Role.legal, Role.operations},
    "letter_page": SUPERVISOR | {Role.legal, Role.operations, Role.auditor},
    "letter_as_pdf": SUPERVISOR | {Role.legal, Role.operations, Role.auditor},
    "letter_as_docx": SUPERVISOR | {Role.legal, Role.operations, Role.auditor},
    "strike_letter": SUPERVISOR | {Role.legal},
    "letter_left": SUPERVISOR | {Role.legal, Role.operations},
    "letter_step": SUPERVISOR | {Role.legal, Role.operations},
    "print_letter": SUPERVISOR | {Role.legal, Role.operations},
    "account_letters": SUPERVISOR | {Role.legal, Role.operations, Role.auditor},
    "make_letter": SUPERVISOR | {Role.legal},
    "operations": SUPERVISOR | {Role.operations, Role.auditor},
    "bring_file": LOADERS,
    "file_mapping": LOADERS,
    "choose_mapping": LOADERS,
    "give_mapping": LOADERS,
    "download_mapping": LOADERS,
    "keep_mapping": LOADERS,
    "check_again": LOADERS,
    "file_check": LOADERS,
    "load_file": LOADERS,
    "file_progress": LOADERS,
    "progress_now": LOADERS,
    "drop_file": LOADERS,
    "load_page": SUPERVISOR | {Role.operations, Role.auditor},
    "download_rejects": LOADERS,
    "plan_run_page": SUPERVISOR | {Role.operations, Role.auditor},
    "propose_match": frozenset({Role.operations}),
    "answer_says_paid": frozenset({Role.operations}),
    "debits_page": SUPERVISOR | {Role.operations, Role.auditor},
    "propose_reversal": frozenset({Role.operations}),
    "note_reversal": frozenset({Role.operations}),
    "differences_page": SUPERVISOR | {Role.operations, Role.auditor},
    "difference_page": SUPERVISOR | {Role.operations, Role.auditor},
    "explain_difference": SUPERVISOR | {Role.operations},
    "inbox": CALLERS | {Role.operations, Role.auditor},
    "mark_handled": CALLERS | {Role.operations},
    "users": ADMIN | {Role.auditor},
    "add_user": ADMIN,
    "user_page": ADMIN | {Role.auditor},
    "change_user": ADMIN,
    "disable_user": ADMIN,
    "enable_user": ADMIN,
    "unlock_user": ADMIN,
    "reset_user": ADMIN,
    "decide_reset": ADMIN,
    "api_keys": ADMIN | {Role.auditor},
    "add_key": ADMIN,
    "revoke_key": ADMIN,
    "audit_page": frozenset({Role.auditor, Role.admin}),
    "verify_audit": frozenset({Role.auditor, Role.admin}),
}

API: Mapping[str, ApiScope] = {
    "api_accounts": ApiScope.read,
    "api_search": ApiScope.read,
    "api_account": ApiScope.read,
    "api_timeline": ApiScope.read,
    "api_explain": ApiScope.read,
    "api_tasks": ApiScope.read,
    "api_referrals": ApiScope.read,
    "api_held_payments": ApiScope.read,
    "api_check": ApiScope.read,
    "api_check_schema": ApiScope.read,
    "api_strategy": ApiScope.read,
    "api_strategy_validate": ApiScope.read,
    "api_strategy_diff": ApiScope.read,
    "api_load": ApiScope.load,
    "api_rejects": ApiScope.load,
    "api_match": ApiScope.load,
    "api_next_call": ApiScope.work,
    "api_outcome": ApiScope.work,
    "api_done": ApiScope.work,
    "api_promise": ApiScope.work,
    "api_says_paid": ApiScope.work,
    "api_answer_says_paid": ApiScope.work,
    "api_callback": ApiScope.work,
    "api_disposition": ApiScope.work,
    "api_dispute": ApiScope.work,
    "api_answer_dispute": ApiScope.work,
    "api_found": ApiScope.work,
    "api_stop": ApiScope.work,
    "api_move_referral": ApiScope.work,
    "api_plan": ApiScope.plan,
    "api_sweep": ApiScope.plan,
    "api_send": ApiScope.plan,
    "api_hold": ApiScope.plan,
    "api_lift_hold": ApiScope.plan,
    "api_pause": ApiScope.plan,
    "api_lower_level": ApiScope.plan,
    "api_strategy_publish": ApiScope.admin,
    "api_lift_stop": ApiScope.admin,
    "api_audit_verify": ApiScope.admin,
}


def permitted(request: Request, caller: CallerParam) -> None:
    """The dependency of every page: the role must open it."""
    caller.require(*PAGES.get(_route(request), frozenset()))


def permitted_key(request: Request, caller: ApiCallerParam) -> None:
    """The dependency of every API route: the key's scopes must open it."""
    needed = API.get(_route(request))
    if needed is None:
        raise Forbidden
    caller.require_scope(needed)
    names = [name for name, _ in request.query_params.multi_items()]
    if len(names) != len(set(names)):
        raise BadInput("the address says something twice; open the page by its link")


def _route(request: Request) -> str:
    return str(request.scope["route"].name)
