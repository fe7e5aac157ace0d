"""For whoever has been woken: what fires, and the figures that the runbook asks for first."""

from boards.calls import budget_left
from boards.panels import (RED, SELECTED, GREEN, below, beyond, dashboard, graph, largest, or_zero, quantile, row, selected,
                           stat, steps, table, total)

ALIVE = f"count by (job) ({selected('up')})"
ON_CALL = "Its alert's section in docs/runbook.md says what to do."


def burn(window):
    return f"{selected(f'job:grpc_server_error_ratio:rate{window}')} / 0.001"


def not_ok():
    return total("grpc_server_handled_total", "job, grpc_method, grpc_code", 'grpc_code!="OK"')


def board():
    up = selected("up")
    return dashboard(
        "crm-on-call", "CRM: on call",
        "What fires now and where to look first. Every alert has a section of its name in docs/runbook.md.",
        [
            row("What fires",
                table("Alerts", "Firing and pending alerts. Look each up by its name in docs/runbook.md.",
                      [(f'count by (alertname, alertstate, severity, job, instance) '
                        f'(ALERTS{{alertname=~"Crm.+", namespace=~"$namespace"}}) or vector(0)', "")], "short", beyond(1),
                      width=24)),
            row("Do they serve",
                stat("Up", "Replicas that answer the scrape.", [(f"sum by (job) ({up})", "{{job}}")], "short", below(1, 2)),
                stat("Ready", "Replicas that serve: they found their schema and do not drain.",
                     [(f"sum by (job) ({selected('crm_ready')})", "{{job}}")], "short", below(1, 2)),
                stat("Burn in 5 minutes", "How many times faster than allowed calls fail: 1 uses the budget up in 30 days, "
                     "14.4 wakes.", [(or_zero(burn("5m"), ALIVE), "{{job}}")], "none", beyond(14.4, 1)),
                stat("Burn in an hour", "The same over an hour.", [(or_zero(burn("1h"), ALIVE), "{{job}}")], "none",
                     beyond(14.4, 1)),
                stat("Budget left", "Of the 0.1 % of calls that may fail within 30 days.", [(budget_left(), "{{job}}")],
                     "percentunit", below(0, 0.25)),
                stat("Restarts", "Within an hour, all replicas.",
                     [(f"sum by (job) (changes({selected('process_start_time_seconds')}[1h]))", "{{job}}")], "short",
                     beyond(3, 1)), height=5),
            row("Do calls get through",
                graph("Answers other than OK", "By method and code, per second; the ten worst. " + ON_CALL,
                      [(f"topk(10, {not_ok()})", "{{job}} {{grpc_method}} {{grpc_code}}")], "reqps", beyond(1)),
                graph("Slowest 1 %", "99 % of the calls were answered within this time.",
                      [(quantile(0.99, "grpc_server_handling_seconds"), "{{job}}")], "s", beyond(1)),
                graph("Waiting", "For a worker, and for a connection to PostgreSQL: 99 % waited less.",
                      [(quantile(0.99, "crm_rpc_queue_wait_seconds"), "{{job}} worker"),
                       (quantile(0.99, "crm_db_pool_wait_seconds"), "{{job}} connection")], "s", beyond(0.5))),
            row("Do events get through",
                stat("Relay leads", "1 replica of each service does. 0: CrmNoRelayLeads.",
                     [(or_zero(f"count by (job) ({selected('crm_outbox_unsequenced_rows')})", ALIVE), "{{job}}")], "short",
                     steps((RED, None), (GREEN, 1))),
                stat("Outbox age", "Oldest committed event without a number. CrmOutboxOld.",
                     [(largest("crm_outbox_oldest_unsequenced_seconds"), "{{job}}")], "s", beyond(10, 1)),
                stat("Publish lag", "Oldest event that is not on Redis. CrmPublishingBehind.",
                     [(largest("crm_stream_publish_lag_seconds"), "{{job}}")], "s", beyond(30, 1)),
                stat("Stopped", "Diverged, or a damaged event: publishing waits for an operator.",
                     [(f"{largest('crm_stream_diverged')} + ({largest('crm_stream_damaged_seq')} > bool 0)", "{{job}}")],
                     "short", beyond(1)),
                stat("Consumer age", "Oldest event that a service has not applied. CrmConsumerBehind.",
                     [(largest("crm_consumer_lag_seconds", "consumer"), "{{consumer}}")], "s", beyond(60, 10)),
                stat("Dead letters", "CrmDeadLettersWait.",
                     [(largest("crm_dead_letters_waiting", "consumer"), "{{consumer}}")], "short", beyond(1)), height=5),
            row("The rest",
                stat("Oldest conversion", "CrmConversionHangs.",
                     [(largest("crm_conversion_oldest_pending_seconds", "namespace"), "oldest")], "s", beyond(600, 60)),
                stat("Refused", "Share of calls refused, as queues are full or too old. CrmRefusesCalls.",
                     [(f"""{total('crm_admission_rejected_total', 'job', 'reason=~"queue_full|queue_slow"')} / """
                       f"({total('grpc_server_started_total', 'job')} > 0)", "{{job}}")], "percentunit", beyond(0.01, 0.001)),
                stat("Memory", "Of the limit, the fullest replica; nothing where there is no limit.",
                     [(f"max by (job) ({selected('process_resident_memory_bytes')} / {selected('crm_memory_limit_bytes')})",
                       "{{job}}")], "percentunit", beyond(0.9, 0.75)),
                stat("File descriptors", "Of the limit, the fullest replica.",
                     [(f"max by (job) ({selected('process_open_fds')} / {selected('process_max_fds')})", "{{job}}")],
                     "percentunit", beyond(0.8, 0.5)),
                stat("Log lines dropped", "Within an hour.",
                     [(f"sum by (job) (increase({selected('crm_log_dropped_total')}[1h]))", "{{job}}")], "short", beyond(1)),
                table("Versions", "What runs where.",
                      [(f"count by (job, version, commit) (crm_build_info{{{SELECTED}}})", "")], width=4), height=5),
        ], since="now-1h", refresh="15s")
