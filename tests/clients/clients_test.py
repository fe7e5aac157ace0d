"""The client packages against the real programs, by TLS and with tokens: one scenario with equal answers,
each fault with one effect, the programs of docs/clients.md word for word."""

import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import uuid

SOURCE = pathlib.Path(os.environ["CRM_SOURCE_DIR"])
BINARY = pathlib.Path(os.environ["CRM_BINARY_DIR"])
sys.path[:0] = [str(SOURCE / "tests/clients"), str(SOURCE / "tests")]
from drivers import Driver, Proxy, await_true, comparable, run_scenario  # noqa: E402
from overloaded import OverloadedLead  # noqa: E402
from packages import available  # noqa: E402
from support import leaks  # noqa: E402

LOCAL = SOURCE / "deploy/local"
SECONDS = 120
SCOPES = ("crm.contacts.read crm.contacts.write crm.leads.read crm.leads.write crm.opportunities.read "
          "crm.opportunities.write crm.events.read crm.events.read_all")
STAGES = ["NEW", "WORKING", "QUALIFIED", "CONVERTING", "CONVERTED"]
CALL = {"type": "ACTIVITY_TYPE_CALL", "direction": "ACTIVITY_DIRECTION_OUTBOUND"}


class Clients(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="crm-clients-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        os.chmod(cls.folder, 0o755)
        cls.stack = cls.folder / "stack"
        cls.addClassCleanup(cls.run_local, "down", "--remove")
        with concurrent.futures.ThreadPoolExecutor() as beside:
            packages = beside.submit(available, cls.folder)
            cls.up()
            cls.addClassCleanup(leaks.find, cls.stack)
            cls.packages = packages.result()
        cls.token = cls.folder / "token"
        cls.token.write_text(cls.make_token(60))
        cls.addresses = dict(re.findall(r"^CRM_([A-Z]+)_ADDRESS=(.+)$", (cls.stack / "stack.env").read_text(), re.M))

    @classmethod
    def run_local(cls, *words):
        subprocess.run([LOCAL / words[0], "--dir", cls.stack, *words[1:]], check=True, timeout=SECONDS,
                       stdout=subprocess.DEVNULL)

    @classmethod
    def up(cls):
        cls.run_local("up", "--secure", "--build-dir", BINARY)

    @classmethod
    def make_token(cls, minutes):
        return subprocess.run([LOCAL / "token", cls.stack / "secrets", "manager", "--minutes", str(minutes),
                               "--scopes", SCOPES], check=True, capture_output=True, text=True,
                              timeout=SECONDS).stdout

    def start(self, package):
        driver = Driver(package.driver(), self.folder, package.environment())
        self.addCleanup(driver.close)
        return driver

    def connected(self, package, **settings):
        driver = self.start(package)
        driver.connect(**{"stack": self.stack, "token_file": self.token, **settings})
        return driver

    def new_lead(self, driver):
        request = {"contact": {"email": f"{uuid.uuid4().hex}@harbour.example"}}
        return driver.call("lead.capture_lead", request, timeout=SECONDS)["lead"]["name"]

    def activities(self, driver, lead):
        return len(driver.do(list_all="lead.list_activities", request={"name": lead, "pageSize": 7})["items"])

    def test_one_scenario_gives_equal_answers(self):
        steps = json.loads((SOURCE / "tests/clients/scenario.json").read_text())
        told = {}
        for package in self.packages:
            run = uuid.uuid4().hex[:8]
            answers = run_scenario(self.connected(package), steps, {"$RUN": run, "$UUID": str(uuid.uuid4())})
            told[package.name] = comparable(json.loads(json.dumps(answers).replace(run, "RUN")))
        first = told[self.packages[0].name]
        self.judge_scenario(first)
        for name, answers in told.items():
            with self.subTest(name):
                self.assertEqual(answers, first)

    def judge_scenario(self, answers):
        reasons = [answer["error"]["reason"] for answer in answers if "error" in answer]
        self.assertEqual(reasons, ["STATE_INVALID", "FIELD_INVALID", "REQUEST_ID_REUSED", "GATES_UNMET",
                                   "FIELD_INVALID", "RESOURCE_NOT_FOUND"])
        events = [[event["change"]["toStage"] for event in answer["events"] if "toStage" in event["change"]]
                  for answer in answers if "events" in answer]
        self.assertEqual(events, [STAGES, ["discovery", "won"]])
        self.assertEqual([len(answer["items"]) for answer in answers if "items" in answer], [4, 2])

    def test_connection_cut_after_the_request_was_sent(self):
        for package in self.packages:
            with self.subTest(package.name):
                proxy = Proxy(self.addresses["LEAD"])
                self.addCleanup(proxy.close)
                driver = self.connected(package, lead=proxy.address)
                lead = self.new_lead(driver)
                proxy.arm()
                driver.call("lead.log_activity", {"name": lead, "activity": CALL}, timeout=SECONDS)
                self.assertEqual(proxy.cuts, 1)
                self.assertEqual(self.activities(driver, lead), 1)

    def test_watch_goes_on_behind_what_it_has_read(self):
        for package in self.packages:
            with self.subTest(package.name):
                proxy = Proxy(self.addresses["LEAD"])
                self.addCleanup(proxy.close)
                watcher, writer = self.connected(package, lead=proxy.address), self.connected(package)
                lead = self.new_lead(writer)
                watcher.send(watch="lead", after=0, count=2, subjects=[lead])
                await_true("the watch begins", lambda: proxy.answered)
                proxy.cut()
                assessment = {"criterion": "CRITERION_NEED", "finding": "FINDING_MET", "source": "EVIDENCE_SOURCE_CALL"}
                writer.call("lead.assess_criterion", {"name": lead, "assessment": assessment})
                events = watcher.receive()["events"]
                self.assertEqual([event["change"]["toStage"] for event in events], ["NEW", "WORKING"])
                self.assertGreaterEqual(proxy.connections, 2)

    def test_server_restarted_under_calls(self):
        again, begun = threading.Event(), threading.Barrier(len(self.packages) + 1, timeout=SECONDS)
        with concurrent.futures.ThreadPoolExecutor(len(self.packages)) as pool:
            running = [pool.submit(self.log_until, package, begun, again) for package in self.packages]
            try:
                begun.wait()
                pid = int((self.stack / "pids/lead").read_text().split()[0])
                os.kill(pid, signal.SIGKILL)
                down = time.monotonic()
                self.up()
            finally:
                again.set()
            for package, each in zip(self.packages, running):
                with self.subTest(package.name):
                    calls, found, latest = each.result()
                    self.assertEqual(found, calls)
                    self.assertGreater(latest, down)

    def log_until(self, package, begun, again):
        """How many activities were logged, how many there are, and when the longest call ended."""
        driver = self.connected(package)
        lead = self.new_lead(driver)
        begun.wait()
        calls, longest, latest = 0, 0, 0
        while not again.is_set() or calls < 3:
            start = time.monotonic()
            driver.call("lead.log_activity", {"name": lead, "activity": CALL}, timeout=SECONDS)
            calls += 1
            if time.monotonic() - start > longest:
                longest, latest = time.monotonic() - start, time.monotonic()
            time.sleep(0.05)
        return calls, self.activities(driver, lead), latest

    def test_overloaded_server_is_given_the_time_it_asks_for(self):
        for package in self.packages:
            with self.subTest(package.name):
                server = OverloadedLead(refusals=2, delay=0.4)
                self.addCleanup(server.stop)
                driver = self.start(package)
                driver.connect(lead=server.address)
                driver.call("lead.log_activity", {"name": "leads/x", "activity": CALL}, timeout=SECONDS)
                self.assertEqual(len(server.calls), 3)
                (first, request), *others = server.calls
                self.assertTrue(server.request_id(request))
                for number, (moment, again) in enumerate(others, 1):
                    self.assertEqual(again, request)
                    self.assertGreaterEqual(moment - first, 0.39 * number)

    def test_ended_token_and_a_refreshed_file(self):
        for package in self.packages:
            with self.subTest(package.name):
                token = self.folder / f"token-{package.name}"
                refused = self.refusals()
                for _ in range(5):  # more than once only where the machine stood still
                    token.write_text(self.make_token(-5))
                    driver = self.connected(package, token_file=token)
                    token.write_text(self.token.read_text())
                    self.new_lead(driver)
                    if self.refusals() > refused:
                        break
                self.assertGreater(self.refusals(), refused)

    def refusals(self):
        return (self.stack / "logs/lead.log").read_text(errors="replace").count('"UNAUTHENTICATED"')

    def test_programs_of_the_page_run_word_for_word(self):
        page = (SOURCE / "docs/clients.md").read_text()
        environment = {"PATH": os.environ["PATH"], "CRM_STACK": str(self.stack), "CRM_TOKEN_FILE": str(self.token)}
        for package in self.packages:
            if not package.language:
                continue
            with self.subTest(package.name):
                text = re.search(rf"^```{package.language}\n(.*?)^```", page, re.M | re.S).group(1)
                said = subprocess.run(package.program(text), cwd=self.folder, timeout=SECONDS, text=True, check=True,
                                      stdout=subprocess.PIPE, env={**environment, **package.environment()}).stdout
                self.assertEqual(said.split(), STAGES)


if __name__ == "__main__":
    unittest.main()
