"""How the services use PostgreSQL: waiting, batches, what a call costs."""

from boards.calls import HANDLED
from boards.panels import beyond, dashboard, graph, quantile, row, selected, stat, total

BATCH, QUEUE, POOL = "crm_rpc_batch_size", "crm_rpc_queue_wait_seconds", "crm_db_pool_wait_seconds"
CPU = "process_cpu_seconds_total"


def mean(metric, by):
    return f"{total(metric + '_sum', by)} / ({total(metric + '_count', by)} > 0)"


def alone():
    return f"""{total(BATCH + '_bucket', 'job', 'le="1"')} / ({total(BATCH + '_count', 'job')} > 0)"""


def board():
    return dashboard(
        "crm-storage", "CRM: PostgreSQL and batches",
        "Waiting for workers and connections, calls per batch, cost of a call. PostgreSQL's own figures come with its operator "
        "or exporter.",
        [
            row("Now",
                stat("Wait for a connection", "99 % of the workers waited less. Every worker has a connection: all but "
                     "nothing is normal.", [(quantile(0.99, POOL), "{{job}}")], "s", beyond(0.1, 0.01), width=6),
                stat("Wait for a worker", "The oldest call of 99 % of the batches waited less.",
                     [(quantile(0.99, QUEUE), "{{job}}")], "s", beyond(0.5, 0.1), width=6),
                stat("Calls per batch", "Mean. One batch is one transaction: the fuller, the cheaper a call.",
                     [(mean(BATCH, "job"), "{{job}}")], width=6),
                stat("CPU a call", "CPU time of the process per call answered, background work included.",
                     [(f"{total(CPU, 'job')} / ({total(HANDLED, 'job')} > 0)", "{{job}}")], "s", width=6), height=5),
            row("Waiting",
                graph("For a connection", "Half, and 99 %, waited less.",
                      [(quantile(0.5, POOL), "{{job}} 50 %"), (quantile(0.99, POOL), "{{job}} 99 %")], "s", beyond(0.1)),
                graph("Connections taken", "How often a worker took one, per second.",
                      [(total(POOL + "_count", "job"), "{{job}}")], "ops"),
                graph("For a worker", "Half, and 99 %, of the batches waited less. New calls are refused at one second.",
                      [(quantile(0.5, QUEUE), "{{job}} 50 %"), (quantile(0.99, QUEUE), "{{job}} 99 %")], "s", beyond(0.5)),
                graph("For a worker, by method", "99 %; the ten methods that wait longest.",
                      [(f"topk(10, {quantile(0.99, QUEUE, 'grpc_method')})", "{{grpc_method}}")], "s", beyond(0.5), width=12),
                graph("Refused", "Queue full or too old, per second.",
                      [(total("crm_admission_rejected_total", "job", 'reason=~"queue_full|queue_slow"'), "{{job}}")],
                      "reqps", beyond(1), width=12)),
            row("Batches",
                graph("Batches", "Runs of a handler per second, by method.",
                      [(f"topk(10, {total(BATCH + '_count', 'grpc_method')})", "{{grpc_method}}")], "ops"),
                graph("Calls per batch", "Mean, by method.", [(mean(BATCH, "grpc_method"), "{{grpc_method}}")]),
                graph("Calls per batch, fullest", "95 % of the batches of a service are not fuller.",
                      [(quantile(0.95, BATCH), "{{job}}")]),
                graph("Batches of one call", "Share. Near 100 % when idle; low under load.", [(alone(), "{{job}}")],
                      "percentunit", width=12),
                graph("CPU a call", "CPU time of the process per call answered.",
                      [(f"{total(CPU, 'job')} / ({total(HANDLED, 'job')} > 0)", "{{job}}")], "s", width=12)),
            row("Processes",
                graph("CPU", "Cores in use, by process.", [(total(CPU, "job, instance"), "{{job}} {{instance}}")], width=6),
                graph("Memory", "Resident memory, by process.",
                      [(selected("process_resident_memory_bytes"), "{{job}} {{instance}}")], "bytes", width=6),
                graph("Threads", "Threads, by process.", [(selected("process_threads"), "{{job}} {{instance}}")], width=6),
                graph("Calls without a log line", "Calls per second that succeeded and are left out of the log on purpose, "
                      "beyond 500 a second.", [(total("crm_log_omitted_calls_total", "job"), "{{job}}")], "ops", width=6)),
        ])
