"""The signals of a running stack: a real Prometheus scrapes it while customers are walked through the pipeline. Every panel
and every alert finds its data, a healthy stack raises no alert, and the runbook's queries are understood.

Arguments: the project's folder, the build folder.
"""

import http.server
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.error
import urllib.parse
import urllib.request

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.path.append(os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "support"))
import leaks  # noqa: E402
import support  # noqa: E402
from walk import Walk  # noqa: E402

BUILD = pathlib.Path(sys.argv.pop(2)).resolve()
REPOSITORY = support.Repository(sys.argv.pop(1))
LIMIT = 180  # seconds until all must have data; a quick machine needs ten

VARIABLES = {"namespace": ".*", "job": "crm-.+", "tenant": ".*", "__rate_interval": "15s", "__range": "2m"}
SELECTOR = re.compile(r"(?<![\w:])(?:(?:crm|grpc_server|process)_[a-z0-9_]+|(?:job|consumer):[a-z0-9_]+:(?:rate\d+[mhd]|count)|up)"
                      r"\b(?:\{[^}]*\})?")

# What a healthy stack does not have. names_test.py sees to it that the metrics are made.
ONLY_WHEN_IT_HAPPENS = {
    "crm_stream_group_lag": "a subscriber makes a consumer group",
    "crm_memory_limit_bytes": "the control group has a limit",
    "crm_tls_": "the programs are given certificates",
    "crm_token_": "the programs ask for tokens",
    "crm_jwks_": "the programs ask for tokens",
    "crm_access_log_": "the access log is asked for",
    "job:grpc_server_error": "calls fail by our fault",
    "DEADLINE_EXCEEDED": "calls fail by our fault",
}


def happens_not(query):
    return any(part in query for part in ONLY_WHEN_IT_HAPPENS)


def run(*words, environment=None, timeout=170):
    """Runs a command; its output may go on being written by daemons, so it goes to a file."""
    with tempfile.TemporaryFile("w+") as output:
        code = subprocess.run([str(word) for word in words], stdout=output, stderr=output, stdin=subprocess.DEVNULL,
                              env={**os.environ, **(environment or {})}, timeout=timeout).returncode
        output.seek(0)
        return code, output.read()


class Receiver(http.server.BaseHTTPRequestHandler):
    """What a webhook is sent to: it takes everything."""

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


class Prometheus:
    """A Prometheus with the shipped configuration, but for the intervals, in `folder`."""

    def __init__(self, folder, stack):
        code, targets = run(REPOSITORY.observability / "targets", stack)
        if code != 0:
            raise RuntimeError(targets)
        shutil.copy(REPOSITORY.alerts, folder / "alerts.yaml")
        (folder / "targets.json").write_text(targets)
        configuration = (REPOSITORY.observability / "prometheus.yml").read_text()
        (folder / "prometheus.yml").write_text(configuration.replace("15s", "1s"))
        port = run(REPOSITORY.root / "deploy/local/free_ports", "1")[1].strip()
        self.url = f"http://127.0.0.1:{port}"
        self.log = open(folder / "prometheus.log", "w+")
        self.process = subprocess.Popen(
            ["prometheus", f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data",
             f"--web.listen-address=127.0.0.1:{port}"], stdout=self.log, stderr=self.log, cwd=folder)

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.log.close()

    def get(self, path, **arguments):
        url = f"{self.url}/api/v1/{path}?{urllib.parse.urlencode(arguments)}"
        try:
            with urllib.request.urlopen(url, timeout=60) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as refusal:
            return json.load(refusal)

    def await_ready(self):
        end = time.monotonic() + LIMIT
        while time.monotonic() < end and self.process.poll() is None:
            try:
                with urllib.request.urlopen(f"{self.url}/-/ready", timeout=10):
                    return
            except OSError:
                time.sleep(0.1)
        self.log.seek(0)
        raise RuntimeError(f"Prometheus does not start:\n{self.log.read()}")

    def has_data(self, query):
        answer = self.get("query", query=query)
        if answer["status"] != "success":
            raise ValueError(f"{query}: {answer['error']}")
        return any(series["value"][1] != "NaN" for series in answer["data"]["result"])


def filled_in(query):
    for name, value in VARIABLES.items():
        query = query.replace(f"${name}", value)
    return query


def panel_queries():
    """(where, query) for each query of each panel."""
    return [(f"{name}: {panel['title']}", filled_in(target["expr"]))
            for name, dashboard in REPOSITORY.dashboards().items()
            for panel in support.panels(dashboard) for target in panel["targets"]]


def alert_queries():
    """(where, query) for each series that an alert looks at: the alert itself gives nothing while all is well."""
    return [(name, selector) for name, rule in REPOSITORY.alert_rules().items()
            for selector in sorted(set(SELECTOR.findall(rule["expr"])))]


def variable_queries():
    """(where, query) for the values of each variable; outside Kubernetes there are no namespaces."""
    found = []
    for name, dashboard in REPOSITORY.dashboards().items():
        for variable in dashboard["templating"]["list"]:
            values = re.fullmatch(r"label_values\((.+), (\w+)\)", variable.get("definition", ""))
            if values and values[2] != "namespace":
                found.append((f"{name}: ${variable['name']}", f'count by ({values[2]}) ({filled_in(values[1])})'))
    return found


class Live(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="crm-observability-", dir="/tmp"))
        cls.folder.chmod(0o755)  # the servers' user must get in
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        cls.stack = cls.folder / "stack"
        cls.addClassCleanup(run, REPOSITORY.root / "deploy/local/down", "--remove", "--dir", cls.stack)
        code, output = run(REPOSITORY.root / "deploy/local/up", "--dir", cls.stack, "--build-dir", BUILD,
                           environment={"CRM_METRICS_PER_TENANT": "true", "CRM_WEBHOOKS": "true",
                                        "CRM_WEBHOOK_ALLOW_HTTP": "true",
                                        "CRM_WEBHOOK_ALLOW_NETWORKS": "127.0.0.0/8"})
        if code != 0:
            raise RuntimeError(output)
        cls.addClassCleanup(leaks.find, cls.stack)
        (cls.folder / "prometheus").mkdir()
        cls.prometheus = Prometheus(cls.folder / "prometheus", cls.stack)
        cls.addClassCleanup(cls.prometheus.stop)
        cls.prometheus.await_ready()

    def test_every_panel_and_every_alert_finds_its_data(self):
        receiver = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
        threading.Thread(target=receiver.serve_forever, daemon=True).start()
        self.addCleanup(receiver.shutdown)
        walk = Walk(BUILD / "bin/crmctl", self.stack)
        walk.send_events_to(f"http://127.0.0.1:{receiver.server_port}/")
        queries = panel_queries() + alert_queries() + variable_queries()
        wanted = [(where, query) for where, query in queries if not happens_not(query)]
        self.assertGreater(len(wanted), 130)
        end = time.monotonic() + LIMIT
        while wanted and time.monotonic() < end:
            walk.once()
            wanted = [(where, query) for where, query in wanted if not self.prometheus.has_data(query)]
        self.assertEqual([], wanted)

    def test_what_only_happens_at_times_is_understood(self):
        for where, query in panel_queries() + alert_queries():
            if happens_not(query):
                with self.subTest(where):
                    self.prometheus.has_data(query)

    def test_the_runbooks_queries_are_understood(self):
        for section, query in REPOSITORY.runbook_queries():
            with self.subTest(section):
                self.prometheus.has_data(query)

    def test_the_runbooks_commands_run(self):
        """Those that ask PostgreSQL and Redis, with the rights of crm_lead_readonly."""
        settings = dict(re.findall(r"^CRM_(\w+)='?(.*?)'?$", (self.stack / "stack.env").read_text(), re.M))
        database = settings["DATABASE_URL"].replace("postgres@", "crm_lead_readonly@")
        values = {"DB": f"'{database}&options=-csearch_path%3Dcrm_lead%20-ccrm.tenants%3D*'", "REDIS": settings["REDIS_URL"],
                  "SERVICE": "lead", "SEQUENCE": "1", "GROUP": "watchers"}
        run("redis-cli", "-u", settings["REDIS_URL"], "XGROUP", "CREATE", "crm:stage-events:lead:0", "watchers", "$",
            "MKSTREAM")
        commands = REPOSITORY.runbook_commands("psql", "redis-cli")
        self.assertGreater(len(commands), 15)
        for section, command in commands:
            for name, value in values.items():
                command = re.sub(rf"\b{name}\b(?!\s+BY)", lambda _: value, command)
            with self.subTest(section, command=command):
                code, output = run("bash", "-o", "pipefail", "-c", command)
                self.assertEqual(0, code, output)
                self.assertNotRegex(output, r"^(\(error\)|ERR)")

    def test_rules_are_evaluated_and_a_healthy_stack_raises_no_alert(self):
        end = time.monotonic() + LIMIT
        while time.monotonic() < end:
            groups = self.prometheus.get("rules")["data"]["groups"]
            rules = [rule for group in groups for rule in group["rules"]]
            if rules and all(rule["health"] != "unknown" for rule in rules):
                break
            time.sleep(0.5)
        self.assertEqual(len(REPOSITORY.rules()), len(rules))
        self.assertEqual([], [(rule["name"], rule.get("lastError")) for rule in rules if rule["health"] != "ok"])
        self.assertEqual([], [rule["name"] for rule in rules if rule.get("state") == "firing"])


if __name__ == "__main__":
    support.need("prometheus")
    unittest.main()
