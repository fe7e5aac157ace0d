"""The drill of deploy/backup passes, also where nobody reaps what was killed; and its checker finds each fault
that is planted."""

import concurrent.futures
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

SOURCE = pathlib.Path(os.environ.get("CRM_SOURCE_DIR", pathlib.Path(__file__).resolve().parents[2]))
BINARIES = os.environ.get("CRM_BINARY_DIR", str(SOURCE / "build/dev"))
sys.path.insert(0, str(SOURCE / "tests"))
from support import leaks, report  # noqa: E402

ALONE = str(SOURCE / "tests/support/without_reaper")
ANY_WON = "(SELECT id FROM crm_opportunity.opportunity WHERE stage_type = 'WON' ORDER BY id LIMIT 1)"
ANY_OPEN = "(SELECT id FROM crm_opportunity.opportunity WHERE stage_type = 'OPEN' ORDER BY id LIMIT 1)"
OPPORTUNITY = "crm:stage-events:opportunity:0"

# What is planted, as SQL or as a Redis command with {third} for the third entry's id; what is found.
FAULTS = {
    "an event has left its stream":
        (["XDEL", OPPORTUNITY, "{third}"], r"stream: opportunity: event 3 is missing"),
    "an entry that nobody published":
        (["XADD", OPPORTUNITY, "*", "id", "x"], r"stream: opportunity: entry \S+ is not in the log"),
    "an event was renamed in the log":
        ("UPDATE crm_lead.event_log SET ms = ms + 1 WHERE seq = 3", r"stream: lead: event 3 is missing"),
    "an event was changed in the log":
        ("UPDATE crm_lead.event_log SET payload = replace(encode(payload, 'escape'), 'NEW', 'OLD')::bytea "
         "WHERE seq = (SELECT min(seq) FROM crm_lead.event_log WHERE encode(payload, 'escape') LIKE '%NEW%')",
         r"stream: lead: event \d+ differs from the log: to_stage is 'NEW', not 'OLD'"),
    "an event was damaged in the log":
        ("UPDATE crm_lead.event_log SET payload = '\\x0aff' WHERE seq = 2",
         r"stream: lead: event 2 differs from the log: its payload cannot be read"),
    "a hole in the log":
        ("DELETE FROM crm_contact.event_log WHERE seq = 5", r"log: contact: not .*the first wrong one is 5"),
    "the log lost its end":
        ("UPDATE crm_lead.event_stream SET last_seq = last_seq + 1", r"log: lead: not "),
    "an event is told twice":
        ("UPDATE crm_lead.event_log SET event_id = (SELECT event_id FROM crm_lead.event_log WHERE seq = 1) "
         "WHERE seq = 2", r"log: lead: event \S+ is there twice"),
    "an event was never numbered":
        ("INSERT INTO crm_lead.outbox_in (event_id, tenant, aggregate, version, payload) "
         "VALUES (gen_random_uuid(), 'default', gen_random_uuid(), 1, '')", r"log: lead: 1 events wait"),
    "a move was forgotten":
        ("DELETE FROM crm_lead.stage_history WHERE version = 2 AND aggregate = (SELECT max(id::text)::uuid "
         "FROM crm_lead.lead WHERE stage_version > 2)", r"history: lead: version 3 of \S+ \S+ does not follow"),
    "a thing was moved without a move":
        (f"UPDATE crm_opportunity.opportunity SET stage = 'proposal' WHERE id = {ANY_WON}",
         r"history: opportunity: \S+ is not at the stage"),
    "a thing is gone":
        (f"DELETE FROM crm_opportunity.opportunity WHERE id = {ANY_OPEN}",
         r"history: opportunity: \S+ has a history and is not there"),
    "a move was never told":
        ("UPDATE crm_lead.stage_history SET event_id = gen_random_uuid() WHERE version = 1 AND aggregate = "
         "(SELECT max(id::text)::uuid FROM crm_lead.lead)", r"history: lead: event \S+ is in the history and not in"),
    "contact is behind":
        ("UPDATE crm_contact.consumer_inbox SET last_seq = last_seq - 1 WHERE stream LIKE '%lead%'",
         r"consumer: contact has read lead up to \d+"),
    "contact is ahead":
        ("UPDATE crm_contact.consumer_inbox SET last_seq = last_seq + 1 WHERE stream LIKE '%opportunity%'",
         r"consumer: contact has read opportunity up to \d+"),
    "contact missed a move":
        (f"UPDATE crm_contact.contact_engagement SET state = 'ended' WHERE thing = {ANY_OPEN}",
         r"lifecycle: contact does not know that opportunity \S+ is live"),
    "contact knows a thing that does not exist":
        ("INSERT INTO crm_contact.contact_engagement SELECT tenant, kind, gen_random_uuid(), contact, 1, 'live' "
         "FROM crm_contact.contact_engagement LIMIT 1", r"lifecycle: contact takes \S+ \S+ for live"),
    "a win is not counted":
        (f"DELETE FROM crm_contact.account_win WHERE opportunity = {ANY_WON}", r"accounts: the win of \S+ is not counted$"),
    "a win is counted otherwise":
        (f"UPDATE crm_opportunity.opportunity SET amount_minor = amount_minor + 1 WHERE id = {ANY_WON}",
         r"accounts: the win of \S+ is not counted as it is"),
    "a win is counted that is none":
        (f"UPDATE crm_contact.account_win SET opportunity = {ANY_OPEN} WHERE opportunity = {ANY_WON}",
         r"accounts: the win of \S+ is counted, which is not won"),
    "an account's sum is wrong":
        ("UPDATE crm_contact.account SET win_sums = '{\"USD\": 1}' WHERE id = (SELECT account FROM "
         "crm_contact.account_win ORDER BY account LIMIT 1)", r"accounts: \S+ says \d+ wins"),
    "a lead names nobody":
        ("UPDATE crm_lead.lead SET contact = gen_random_uuid() WHERE id = (SELECT max(id::text)::uuid FROM "
         "crm_lead.lead)", r"references: \S+ names the contact \S+, which does not exist"),
    "a lead has lost its opportunity":
        ("UPDATE crm_lead.conversion SET opportunity = gen_random_uuid() WHERE id = (SELECT max(id::text)::uuid "
         "FROM crm_lead.conversion)", r"references: lead \S+ became the opportunity \S+, which does not exist"),
    "an opportunity is of a lead that never became one":
        ("UPDATE crm_lead.lead SET state = 'WORKING' WHERE id = (SELECT lead FROM crm_opportunity.opportunity "
         "WHERE lead IS NOT NULL ORDER BY id LIMIT 1)", r"references: opportunity \S+ names the lead \S+"),
}


def script(text, timeout=600):
    done = subprocess.run(["bash", "-c", "set -euo pipefail\n" + text], text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=timeout, check=False)
    leaks.keep(done.stdout)
    return done.returncode, done.stdout


class BackupTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="crm-backup-", dir="/tmp"))
        cls.folder.chmod(0o755)
        cls.addClassCleanup(shutil.rmtree, cls.folder, True)
        cls.stack = cls.folder / "stack"
        cls.addClassCleanup(script, f"{SOURCE}/deploy/local/down --remove --dir {cls.stack}")
        cls.code, cls.output = script(
            f"{SOURCE}/deploy/backup/drill --keep --dir {cls.folder} --build-dir {BINARIES}")
        if cls.code == 0:  # the stores alone, so that nothing moves meanwhile
            code, said = script(f"{SOURCE}/deploy/local/down --dir {cls.stack}\n"
                                f"{SOURCE}/deploy/local/up --dir {cls.stack} --build-dir {BINARIES} --services ''")
            assert code == 0, said
            cls.addClassCleanup(leaks.find, cls.stack)

    def test_the_drill_passes(self):
        self.assertEqual(0, self.code, self.output)
        self.assertEqual(12, self.output.count("; 0 faults"), self.output)

    def test_the_checker_finds_each_planted_fault(self):
        if self.code != 0:
            self.skipTest("the drill has failed")
        with concurrent.futures.ThreadPoolExecutor(3) as pool:
            answers = list(pool.map(self.plant, range(1, len(FAULTS) + 1), FAULTS.values()))
        for (name, (_, expected)), (code, said) in zip(FAULTS.items(), answers):
            with self.subTest(name):
                self.assertEqual(1, code, said)
                self.assertRegex(said, "(?m)^" + expected)

    def test_the_checker_says_when_it_cannot_look(self):
        code, said = script(f"CRM_DATABASE_URL=postgresql://nobody@127.0.0.1:1/crm {SOURCE}/deploy/backup/check")
        self.assertEqual(2, code, said)
        self.assertIn("cannot look", said)

    def plant(self, number, fault):
        """Checks copies of the database and the streams in which something was changed."""
        change, _ = fault
        what = f"psql -X -q -v ON_ERROR_STOP=1 \"$CRM_DATABASE_URL\" <<'SQL'\n{change};\nSQL\n"
        if isinstance(change, list):
            third = f"$(redis-cli -u \"$CRM_REDIS_URL\" XRANGE {OPPORTUNITY} - + COUNT 3 | grep -- '-3$' | head -n 1)"
            words = " ".join("'*'" if word == "*" else word.replace("{third}", third) for word in change)
            what = f"redis-cli -e -u \"$CRM_REDIS_URL\" {words} >/dev/null\n"
        return script(f"""source {self.stack}/stack.env
flock {self.folder}/lock psql -X -q "$CRM_DATABASE_URL" -c 'CREATE DATABASE fault{number} TEMPLATE crm'
for service in contact lead opportunity; do
  redis-cli -e -u "$CRM_REDIS_URL" COPY crm:stage-events:$service:0 crm:stage-events:$service:0 DB {number} >/dev/null
done
export CRM_DATABASE_URL="${{CRM_DATABASE_URL/\\/crm\\?//fault{number}?}}" CRM_REDIS_URL="${{CRM_REDIS_URL%/0}}/{number}"
{what}{SOURCE}/deploy/backup/check""")


if __name__ == "__main__":
    if os.geteuid() == 0 and "CRM_WITHOUT_REAPER" not in os.environ:
        if subprocess.run([ALONE, "true"], check=False, stderr=subprocess.DEVNULL).returncode == 0:
            os.execv(ALONE, [ALONE, sys.executable, "-B", *sys.argv])
    report.main("fault_backup")
