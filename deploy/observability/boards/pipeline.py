"""What the customers' pipeline does: leads, conversions, opportunities. Counts of moves, never of money or persons."""

from boards.calls import HANDLED
from boards.panels import beyond, dashboard, graph, largest, or_zero, row, selected, stat, total

OK = 'grpc_code="OK"'
LEADS = "CreateLead|QualifyLead|DisqualifyLead|ReopenLead|ConvertLead"
EVIDENCE = "LogActivity|AssessCriterion|EvaluateLead"
OPPORTUNITIES = "OpenOpportunity|MoveOpportunity|WinOpportunity|LoseOpportunity|ReopenOpportunity"
STATES = 'state=~"STARTED|COMPLETED|COMPENSATED|NEEDS_ATTENTION"'


def method(names):
    return f'grpc_method=~"{names}"'


def done(names):
    """How often within the shown time; 0 where the method was never called. Repetitions count once."""
    everything = f"sum(increase({selected(HANDLED)}[$__range]))"
    calls = or_zero(f"sum(increase({selected(HANDLED, OK, method(names))}[$__range]))", everything)
    replays = selected("crm_idempotent_replays_total", f'method=~"{names}"')
    repeated = or_zero(f"sum(increase({replays}[$__range]))", everything)
    return f"clamp_min({calls} - {repeated}, 0)"


def share(part, whole):
    """`part` of all of `whole`, or nothing where there was none."""
    return f"{done(part)} / ({done(whole)} > 0)"


def count(title, description, names):
    return stat(title, description, [(done(names), title)], "short")


def board():
    return dashboard(
        "crm-pipeline", "CRM: pipeline",
        "Moves of leads and opportunities as the services did them. For amounts and stages ask ReportService (crmctl pipeline summary).",
        [
            row("In the shown time",
                count("Contacts created", "New persons and organizations.", "CreateContact"),
                count("Leads created", "New leads.", "CreateLead"),
                count("Leads qualified", "All four criteria were met.", "QualifyLead"),
                count("Leads converted", "Calls of ConvertLead that were answered OK.", "ConvertLead"),
                count("Opportunities won", "Contracts signed.", "WinOpportunity"),
                count("Opportunities lost", "Given up, with a reason.", "LoseOpportunity"), height=4),
            row("Shares in the shown time",
                stat("Qualified of created", "Leads qualified per lead created; not the same leads, so more than 100 % is "
                     "possible.", [(share("QualifyLead", "CreateLead"), "qualified")], "percentunit", width=8),
                stat("Converted of qualified", "Leads converted per lead qualified.",
                     [(share("ConvertLead", "QualifyLead"), "converted")], "percentunit", width=8),
                stat("Won of ended", "Opportunities won per opportunity won or lost.",
                     [(share("WinOpportunity", "WinOpportunity|LoseOpportunity"), "won")], "percentunit", width=8),
                height=4),
            row("Over time",
                graph("Moves of leads", "Successful calls per second, repetitions included.",
                      [(total(HANDLED, "grpc_method", OK, method(LEADS)), "{{grpc_method}}")], "ops"),
                graph("Evidence on leads", "Activities logged, criteria assessed, verdicts asked for.",
                      [(total(HANDLED, "grpc_method", OK, method(EVIDENCE)), "{{grpc_method}}")], "ops"),
                graph("Moves of opportunities", "Successful calls per second, repetitions included.",
                      [(total(HANDLED, "grpc_method", OK, method(OPPORTUNITIES)), "{{grpc_method}}")], "ops"),
                graph("Refused by a rule", "FAILED_PRECONDITION: a gate is unmet, a state does not allow it. Many of one "
                      "method mean that people do not understand what is missing.",
                      [(or_zero(total(HANDLED, "grpc_method", 'grpc_code="FAILED_PRECONDITION"'),
                                total(HANDLED, "grpc_method")), "{{grpc_method}}")], "ops"),
                graph("Conflicts", "ABORTED: two changed the same record, the second was refused.",
                      [(or_zero(total(HANDLED, "grpc_method", 'grpc_code="ABORTED"'), total(HANDLED, "grpc_method")),
                        "{{grpc_method}}")], "ops"),
                graph("Stage events", "Published per second, by service.",
                      [(total("crm_stream_published_total", "job"), "{{job}}")], "ops")),
            row("Conversions",
                stat("Under way", "Conversions that are neither completed nor compensated.",
                     [(largest("crm_conversions", "state"), "{{state}}")], "short", beyond(50, 10), width=6),
                stat("Oldest under way", "How long the oldest conversion has been under way; 0 when there is none.",
                     [(largest("crm_conversion_oldest_pending_seconds", "namespace"), "oldest")], "s", beyond(600, 60),
                     width=6),
                graph("Begun and ended", "COMPENSATED: the opportunity was refused for good, the lead is QUALIFIED again.",
                      [(total("crm_conversions_entered_total", "state", STATES), "{{state}}")], "ops", width=12)),
            row("Removed stages",
                stat("Being emptied", "Stages removed from their pipelines whose opportunities are still looked for.",
                     [(largest("crm_retired_stages", "namespace"), "stages")], "short", beyond(50, 10), width=6),
                stat("Oldest", "Since when the oldest of them is removed; 0 when there is none.",
                     [(largest("crm_retired_stage_oldest_seconds", "namespace"), "oldest")], "s", beyond(3600, 600), width=6),
                graph("Moves out of them", "Opportunities moved to the stage's successor, by outcome.",
                      [(total("crm_retired_stage_moves_total", "outcome"), "{{outcome}}")], "ops", width=12)),
            row("Erasures",
                stat("Open", "Persons whom a service has still to erase.",
                     [(largest("crm_erasures_open", "namespace"), "erasures")], "short", beyond(50, 10), width=6),
                stat("Oldest open", "How long the oldest has waited for a service; 0 when there is none. CrmErasureHangs.",
                     [(largest("crm_erasure_oldest_open_seconds", "namespace"), "oldest")], "s", beyond(3600, 600),
                     width=6)),
        ], since="now-24h", refresh="1m")
