"""Customers on their way through the pipeline, by crmctl, so that every signal of the business moves."""

import concurrent.futures
import datetime
import re
import subprocess
import uuid

import leaks


class Walk:
    """Walks through the stack in the folder `stack`."""

    def __init__(self, crmctl, stack):
        self._crmctl, self._stack = crmctl, stack

    def once(self):
        """One customer won, one lost, one lead given up; a call repeated, one not found, one against a rule."""
        with concurrent.futures.ThreadPoolExecutor(3) as pool:
            for journey in [pool.submit(step) for step in (self._won, self._lost, self._given_up)]:
                journey.result()

    def send_events_to(self, url):
        """Makes a webhook of each service."""
        self._call("webhook", "create", "--url", url, "--name", "ERP")

    def _won(self):
        person, lead = self._worked_lead()
        self._call("lead", "qualify", lead)
        converted = self._call("lead", "convert", lead, "--display-name", "100 workstations",
                               "--amount", "54000.00 USD", "--expected-close-date", self._soon())
        opportunity = re.search(r"opportunities/[0-9a-f-]+", converted)[0]
        self._call("opportunity", "update", opportunity, "--need", "STRONG=Replace the old workstations",
                   "--role", f"{person}=DECISION_MAKER", "--supplier", "NONE", "--payment-terms", "AGREED",
                   "--contract", "SIGNED")
        for stage in ("needs_confirmed", "proposal", "payment_terms", "contract"):
            self._call("opportunity", "move", opportunity, "--stage", stage)
        request = str(uuid.uuid4())
        self._call("opportunity", "win", opportunity, "--request-id", request)
        self._call("opportunity", "win", opportunity, "--request-id", request)

    def _lost(self):
        company = self._created("contact", "create", "organization", "--display-name", "Pinegrove Textiles")
        opportunity = self._created("opportunity", "open", "--display-name", "40 looms", "--contact", company)
        self._call("opportunity", "lose", opportunity, "--reason", "PRICE")
        self._call("opportunity", "get", f"opportunities/{uuid.uuid4()}", refused=True)

    def _given_up(self):
        _, lead = self._worked_lead(criteria=("NEED",))
        self._call("lead", "qualify", lead, refused=True)
        self._call("lead", "disqualify", lead, "--reason", "NO_NEED")

    def _worked_lead(self, criteria=("NEED", "ABILITY", "MARKET_PRESENCE", "TIMEFRAME")):
        company = self._created("contact", "create", "organization", "--display-name", "Larkspur Optics")
        person = self._created("contact", "create", "person", "--given-name", "Ada", "--family-name", "Moreau",
                               "--organization", company)
        lead = self._created("lead", "create", "--contact", company, "--owner", "mara", "--source", "REFERRAL")
        self._call("lead", "log", lead, "--type", "CALL", "--direction", "INBOUND", "--summary", "Asked for 100")
        for criterion in criteria:
            when = ["--expected-purchase-date", self._soon()] if criterion == "TIMEFRAME" else []
            self._call("lead", "assess", lead, "--criterion", criterion, "--finding", "MET", "--source", "CALL",
                       "--observation", "Heard on the phone", *when)
        self._call("lead", "evaluate", lead)
        return person, lead

    def _created(self, *words):
        return re.search(r"^name +(\S+)", self._call(*words), re.M)[1]

    def _call(self, *words, refused=False):
        done = subprocess.run([str(self._crmctl), "--stack", str(self._stack), *words], capture_output=True, text=True,
                              timeout=120)
        leaks.keep(done.stderr)
        if done.returncode != (1 if refused else 0):
            raise RuntimeError(f"crmctl {' '.join(words)}: {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    @staticmethod
    def _soon():
        return (datetime.date.today() + datetime.timedelta(days=30)).isoformat()
