"""Who sees the rows of all tenants: work in the background, listed here, and nobody else."""

import pathlib
import re
import sys
import unittest

ROOT = pathlib.Path(sys.argv.pop(1)).resolve()

# Every file that says pg::Tenants::All(), how often, and for what.
OVER_ALL = {
    "common/access/access_store.cc": (1, "the sweeper forgets old accesses"),
    "common/event/consumer_inbox.cc": (3, "a consumer's events are of all tenants"),
    "common/event/dead_letters.cc": (1, "an event that is replayed by an operator"),
    "common/event/missed_letters.cc": (1, "an event that is replayed when what it speaks of appears"),
    "common/event/event_log.cc": (2, "the log is one for all tenants"),
    "common/feed/feed_log.cc": (2, "the end of the log, which is one for all tenants"),
    "common/feed/tail.cc": (2, "the end of the log, which is one for all tenants"),
    "common/serving/migrate.cc": (1, "the log gets more partitions, by an operator"),
    "common/serving/stage_copies.cc": (1, "a digest covers all sequences, and holds what the caller may see"),
    "common/stage/present_stages.cc": (1, "for those who may see all tenants"),
    "common/serving/stage_event_service.cc":
        (2, "the log and the moves are those of all tenants; who may see his own alone is told where others' are"),
    "common/event/reconcile.cc": (1, "the log after a restore, by an operator"),
    "common/event/sequencer.cc": (2, "the relay moves what is in the outbox"),
    "common/idempotency/ledger.cc": (1, "the sweeper forgets old answers"),
    "common/pg/migrator.cc": (2, "migrations change every tenant's data"),
    "common/webhook/dispatch_store.cc":
        (4, "who sends serves the webhooks of all tenants; each event only if it is the webhook's tenant's"),
    "common/webhook/webhook_writes.cc": (1, "the sweeper forgets old deliveries"),
    "services/contact/store/erasure_store.cc":
        (3, "an operator's list, the count of open erasures, and those to be looked for once more"),
    "services/contact/store/contact_reads.cc": (1, "an operator has all contacts compared anew"),
    "services/lead/store/claim_store.cc": (1, "old claims are forgotten with each new one"),
    "services/lead/store/model_store.cc": (1, "the trainer's walk through the tenants"),
    "services/lead/store/pg_conversion_store.cc":
        (4, "the completer's due conversions, their count; an operator's list and resumption"),
    "services/opportunity/store/retirement_store.cc": (2, "the mover's next stage, their count"),
}


def sources():
    for folder in ("common", "services"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in (".cc", ".h"):
                yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")


def found(pattern):
    counts = {name: len(re.findall(pattern, text)) for name, text in sources()}
    return {name: count for name, count in counts.items() if count}


class TenantsTest(unittest.TestCase):
    def test_only_what_is_listed_works_over_all_tenants(self):
        said = found(r"Tenants::All\(\)")
        self.assertEqual({name: count for name, (count, _) in OVER_ALL.items()}, said)

    def test_the_setting_is_made_in_one_place(self):
        makers = found(r"SET (LOCAL )?crm\.tenants|set_config")
        self.assertEqual({"common/pg/connection.cc"}, set(makers))

    def test_connections_of_the_pool_are_used_by_transactions_and_reads_alone(self):
        """Others could run statements with the tenants of the round trip before."""
        users = found(r"\bpool_?(\.|->)Acquire\(")
        self.assertEqual({"common/pg/snapshot.cc", "common/pg/transaction.cc", "common/serving/program.cc"}, set(users))


if __name__ == "__main__":
    unittest.main()
