"""Rate, errors, duration: how the three services do."""

from boards.calls import HANDLED, budget_left, failed, failed_ratio
from boards.panels import (SELECTED, below, beyond, dashboard, graph, or_zero, quantile, row, selected, stat, table,
                           total, variable)

DURATION = "grpc_server_handling_seconds"
TENANT = 'tenant=~"$tenant"'


def board():
    return dashboard(
        "crm-overview", "CRM: overview", "Rate, errors and duration of all calls, by service, method and tenant.",
        [
            row("Now",
                stat("Calls", "Calls answered per second.", [(total(HANDLED, "job"), "{{job}}")], "reqps", width=6),
                stat("Failed calls", "Share of the calls that failed by our fault; which codes these are is a table in "
                     "docs/runbook.md.", [(failed_ratio(), "{{job}}")], "percentunit", beyond(0.01, 0.001), width=6),
                stat("Slowest 1 %", "99 % of the calls were answered within this time.",
                     [(quantile(0.99, DURATION), "{{job}}")], "s", beyond(1, 0.25), width=6),
                stat("Budget left", "What is left of the 0.1 % of calls that may fail within 30 days. Below 0 the "
                     "objective is missed.", [(budget_left(), "{{job}}")], "percentunit", below(0, 0.25), width=6),
                height=5),
            row("By service",
                graph("Calls", "Calls answered per second.", [(total(HANDLED, "job"), "{{job}}")], "reqps"),
                graph("Failed calls", "Share of the calls that failed by our fault. The line is the objective.",
                      [(failed_ratio(), "{{job}}")], "percentunit", beyond(0.001)),
                graph("Duration", "Half, and 99 %, of the calls were answered within this time.",
                      [(quantile(0.5, DURATION), "{{job}} 50 %"), (quantile(0.99, DURATION), "{{job}} 99 %")], "s",
                      beyond(1)),
                graph("Answers by code", "All codes; those of the callers' own faults too.",
                      [(total(HANDLED, "grpc_code"), "{{grpc_code}}")], "reqps", width=8, stack=True),
                graph("Calls in flight", "Arrived and not answered yet.",
                      [(f"sum by (job) ({selected('grpc_server_started_total')}) - sum by (job) ({selected(HANDLED)})",
                        "{{job}}")]),
                graph("Refused calls", "Calls answered without being run: queues full or too old, deadline passed, caller "
                      "gone, process stopping.",
                      [(total("crm_admission_rejected_total", "job, reason"), "{{job}} {{reason}}")], "reqps", beyond(1))),
            row("By method",
                graph("Calls", "The ten methods that are called most.",
                      [(f"topk(10, {total(HANDLED, 'grpc_method')})", "{{grpc_method}}")], "reqps"),
                graph("Failed calls", "Failed by our fault, per second; the ten worst.",
                      [(f"topk(10, {failed('grpc_method')})", "{{grpc_method}}")], "reqps", beyond(1)),
                graph("Duration", "99 % were answered within this time; the ten slowest.",
                      [(f"topk(10, {quantile(0.99, DURATION, 'grpc_method')})", "{{grpc_method}}")], "s", beyond(1)),
                table("Mean duration by method", "Over the last five minutes.",
                      [(f"{total(DURATION + '_sum', 'job, grpc_method', window='5m')} / "
                        f"({total(DURATION + '_count', 'job, grpc_method', window='5m')} > 0)", "")], "s", beyond(1),
                      width=12),
                graph("Repeated calls", "Calls that got the stored answer of an earlier one with the same request_id.",
                      [(total("crm_idempotent_replays_total", "method"), "{{method}}")], "reqps", width=12)),
            row("Tokens",
                graph("Signatures", "Bearer tokens that were verified anew, per second. Needs --auth=token.",
                      [(total("crm_token_signatures_total", "job"), "{{job}}")], "ops", width=8),
                graph("Keys", "Keys that tokens are verified by. Needs --auth=token.",
                      [(f"min by (job) ({selected('crm_jwks_keys')})", "{{job}}")], width=8),
                graph("Key sets not usable", "Looks at --jwks-file, per second, that found nothing usable; the old keys stay.",
                      [(total("crm_jwks_failures_total", "job"), "{{job}}")], "ops", beyond(0.1), width=8)),
            row("By tenant",
                graph("Calls", "The ten tenants that call most. Needs --metrics-per-tenant.",
                      [(f"topk(10, {total('crm_calls_by_tenant_total', 'tenant', TENANT)})", "{{tenant}}")], "reqps",
                      width=12),
                graph("Answers other than OK", "Whatever the fault. Needs --metrics-per-tenant.",
                      [(f"topk(10, {not_ok_by_tenant()})", "{{tenant}}")], "reqps", width=12),
                graph("Access log", "Calls that showed personal data: recorded, and lost. Needs --access-log. CrmAccessesLost.",
                      [(total("crm_access_log_recorded_total", "job"), "{{job}} recorded"),
                       (total("crm_access_log_lost_total", "job"), "{{job}} lost")], "reqps", width=12),
                graph("Beyond the limits", "Calls refused as their tenant goes beyond --tenant-rate or --tenant-open-calls. "
                      "CrmTenantLimited.",
                      [(total("crm_admission_rejected_total", "job, reason", 'reason=~"tenant_rate|tenant_open"'),
                        "{{job}} {{reason}}")], "reqps", width=12)),
        ],
        variables=[variable("tenant", "Tenant", f"label_values(crm_calls_by_tenant_total{{{SELECTED}}}, tenant)",
                            all_value=".*", description="Known where the services run with --metrics-per-tenant.")])


def not_ok_by_tenant():
    name = "crm_calls_by_tenant_total"
    return or_zero(total(name, "tenant", TENANT, 'grpc_code!="OK"'), total(name, "tenant", TENANT))
