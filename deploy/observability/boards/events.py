"""Stage events from the outbox to the stream and to the consumers."""

from boards.panels import beyond, dashboard, graph, largest, quantile, row, selected, stat, table, total

FRESHNESS = "crm_event_freshness_seconds"


def late_ratio(window="$__rate_interval"):
    in_time = total(FRESHNESS + "_bucket", "job", 'le="1"', window=window)
    return f"1 - {in_time} / ({total(FRESHNESS + '_count', 'job', window=window)} > 0)"


def board():
    return dashboard(
        "crm-events", "CRM: events", "Stage events: numbered, published on Redis, read by consumers.",
        [
            row("Now",
                stat("Leaders", "Replicas that export the outbox's figures: one a service leads the relay. 0: nobody does.",
                     [(f"count by (job) ({selected('crm_outbox_unsequenced_rows')})", "{{job}}")]),
                stat("Diverged", "1: the stream holds what the database does not; publishing has stopped.",
                     [(largest("crm_stream_diverged"), "{{job}}")], "short", beyond(1)),
                stat("Damaged event", "Sequence of a damaged row before which publishing has stopped; 0 if none.",
                     [(largest("crm_stream_damaged_seq"), "{{job}}")], "short", beyond(1)),
                stat("Dead letters", "Events given up on that nobody has replayed yet.",
                     [(largest("crm_dead_letters_waiting", "stream"), "{{stream}}")], "short", beyond(1)),
                stat("Another log", "1: a publisher's log is not the one that was read; the consumer stands.",
                     [(largest("crm_consumer_diverged", "stream"), "{{stream}}")], "short", beyond(1)),
                stat("Aged out", "Events that left their service's log unread, before which a consumer stands.",
                     [(largest("crm_consumer_aged_out_events", "stream"), "{{stream}}")], "short", beyond(1)),
                stat("Not on the stream", "Numbered and not published.",
                     [(f"{largest('crm_stream_last_seq', 'job, partition')} - {largest('crm_stream_tip_seq', 'job, partition')}",
                       "{{job}} {{partition}}")], "short",
                     beyond(10000, 1000)),
                stat("Late within an hour", "Share of the events that took more than a second; 1 % are allowed over 30 days.",
                     [(late_ratio("1h"), "{{job}}")], "percentunit", beyond(0.144, 0.01)), height=5),
            row("From the change to the stream",
                graph("Freshness", "Half, and 99 %, of the events were on the stream within this time after the change.",
                      [(quantile(0.5, FRESHNESS), "{{job}} 50 %"), (quantile(0.99, FRESHNESS), "{{job}} 99 %")], "s",
                      beyond(1)),
                graph("Late events", "Share that took more than a second. The line is the objective.",
                      [(late_ratio(), "{{job}}")], "percentunit", beyond(0.01)),
                graph("Published", "Entries appended per second.", [(total("crm_stream_published_total", "job"), "{{job}}")],
                      "ops"),
                graph("Waiting for a number", "Rows of outbox_in; they live milliseconds.",
                      [(largest("crm_outbox_unsequenced_rows"), "{{job}}")], "short", beyond(10000)),
                graph("Oldest without a number", "Age of the oldest row of outbox_in.",
                      [(largest("crm_outbox_oldest_unsequenced_seconds"), "{{job}}")], "s", beyond(10)),
                graph("Oldest not on the stream", "Age of the oldest event of event_log that is not on Redis.",
                      [(largest("crm_stream_publish_lag_seconds"), "{{job}}")], "s", beyond(30))),
            row("The stream",
                graph("Sequences", "Newest sequence of the log, and on the stream.",
                      [(largest("crm_stream_last_seq", "job, partition"), "{{job}} {{partition}} log"),
                       (largest("crm_stream_tip_seq", "job, partition"), "{{job}} {{partition}} stream")]),
                graph("Rewinds", "How often Redis had lost the end of the stream and got it back.",
                      [(f"sum by (job) (increase({selected('crm_stream_rewinds_total')}[$__range]))", "{{job}}")], "short",
                      beyond(1)),
                graph("Consumer groups", "Entries that a group has not read. Groups are what subscribers made on Redis.",
                      [(largest("crm_stream_group_lag", "job, group"), "{{job}} {{group}}")], "short", beyond(10000))),
            row("Subscribers, by SubscribeStageEvents",
                graph("Open", "Subscriptions of all replicas, and those that were read to from the log instead of memory just now.",
                      [(f"sum by (job) ({selected('crm_subscribers')})", "{{job}}"),
                       (f"sum by (job) ({selected('crm_subscribers_behind')})", "{{job}} from the log")]),
                graph("Sent", "Events sent per second, each to each subscriber.",
                      [(total("crm_subscriber_events_total", "job"), "{{job}}")], "ops"),
                graph("Read from the log", "Pages per second for those who begin or are slow; filled: events that the stream did not show in time.",
                      [(total("crm_subscriber_log_pages_total", "job"), "{{job}} pages"),
                       (total("crm_subscriber_filled_total", "job"), "{{job}} filled")], "ops")),
            row("The contact service's own reading",
                graph("Entries to read", "Entries of the stream that are not applied yet.",
                      [(largest("crm_consumer_lag_events", "stream"), "{{stream}}")], "short", beyond(10000)),
                graph("Oldest to read", "Age of the oldest entry that is not applied.",
                      [(largest("crm_consumer_lag_seconds", "stream"), "{{stream}}")], "s", beyond(60)),
                graph("Applied", "Events applied per second; filled: read from the publisher's log instead of the stream; skipped: gone.",
                      [(total("crm_consumer_applied_total", "stream"), "{{stream}}"),
                       (total("crm_consumer_filled_total", "stream"), "{{stream}} filled"),
                       (total("crm_consumer_skipped_total", "stream"), "{{stream}} skipped")], "ops"),
                table("Positions", "Sequence of the last event applied.",
                      [(largest("crm_consumer_last_seq", "consumer, stream"), "")]),
                graph("Given up on", "Events that became dead letters, within the shown time.",
                      [(f"sum by (stream) (increase({selected('crm_consumer_dead_letters_total')}[$__range]))",
                        "{{stream}}")], "short", beyond(1), width=12)),
        ])
