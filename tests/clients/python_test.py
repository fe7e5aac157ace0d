"""The Python package by itself: when calls are tried again, settings, ids, amounts, errors."""

import datetime
import decimal
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest
import unittest.mock

SOURCE = pathlib.Path(os.environ["CRM_SOURCE_DIR"])
FOLDER = pathlib.Path(tempfile.mkdtemp(prefix="crm-python-"))
shutil.copytree(SOURCE / "clients/python/crm_pipeline", FOLDER / "crm_pipeline")
subprocess.run([sys.executable, "-B", SOURCE / "clients/python/generate.py", FOLDER / "crm_pipeline"], check=True)
sys.path.insert(0, str(FOLDER))
import grpc  # noqa: E402
from crm_pipeline import CrmError, Settings, amount_of, date_of, lead, money, opportunity, to_date  # noqa: E402
from crm_pipeline._method import with_ids  # noqa: E402
from crm_pipeline._methods import METHODS  # noqa: E402
from crm_pipeline._retry import pause_after  # noqa: E402
from crm_pipeline._settings import Identity, stays_here  # noqa: E402
from crm_pipeline._watch import Position, start_of  # noqa: E402
from crm_pipeline import event  # noqa: E402

UNAVAILABLE, EXHAUSTED = grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.RESOURCE_EXHAUSTED


def tearDownModule():
    shutil.rmtree(FOLDER)


class Retry(unittest.TestCase):
    def pause(self, code, failures=1, remaining=10.0, chance=0.0, delay=None):
        return pause_after(CrmError(code, "", retry_delay=delay), failures, remaining, chance)

    def test_only_what_passes_by_itself_is_tried_again(self):
        for code in grpc.StatusCode:
            self.assertEqual(self.pause(code, delay=0.1) is not None, code in (UNAVAILABLE, EXHAUSTED), code)
        self.assertIsNone(self.pause(EXHAUSTED), "an answer that is too large stays so")

    def test_pauses_double_up_to_two_seconds_and_are_cut_by_half_at_most(self):
        self.assertEqual([self.pause(UNAVAILABLE, failures) for failures in (1, 2, 3, 7, 50)],
                         [0.05, 0.1, 0.2, 2.0, 2.0])
        self.assertAlmostEqual(self.pause(UNAVAILABLE, 1, chance=0.999), 0.025, places=3)

    def test_the_server_s_delay_is_not_undercut_and_not_waited_for_in_vain(self):
        self.assertEqual(self.pause(EXHAUSTED, delay=3.5, chance=0.9), 3.5)
        self.assertIsNone(self.pause(EXHAUSTED, delay=3.5, remaining=3.5))


class Ids(unittest.TestCase):
    def test_a_missing_id_is_made_in_a_copy(self):
        method = METHODS["/crm.lead.v1.LeadService/QualifyLead"]
        request = lead.QualifyLeadRequest(name="leads/x")
        filled = with_ids(method, request)
        self.assertRegex(filled.request_id, r"^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$")
        self.assertEqual((filled.name, request.request_id), ("leads/x", ""))
        self.assertIs(with_ids(method, filled), filled)

    def test_each_item_of_a_batch_has_its_own(self):
        move = opportunity.MoveOpportunityRequest
        batch = opportunity.BatchMoveOpportunitiesRequest(requests=[move(request_id="mine"), move(), move()])
        filled = with_ids(METHODS["/crm.opportunity.v1.OpportunityService/BatchMoveOpportunities"], batch)
        ids = [each.request_id for each in filled.requests]
        self.assertEqual((ids[0], len(set(ids)), "" in ids), ("mine", 3, False))

    def test_a_reading_request_is_left_alone(self):
        request = lead.GetLeadRequest(name="leads/x")
        self.assertIs(with_ids(METHODS["/crm.lead.v1.LeadService/GetLead"], request), request)


class Values(unittest.TestCase):
    def test_amounts_are_exact_in_each_currency(self):
        for currency, text, minor in (("EUR", "96000.50", 9600050), ("JPY", "10", 10), ("KWD", "1.234", 1234),
                                      ("USD", "-0.01", -1), ("USD", "1e3", 100000)):
            value = money(currency, text)
            self.assertEqual((value.currency_code, value.amount_minor), (currency, minor))
            self.assertEqual(amount_of(value), decimal.Decimal(text))

    def test_what_is_not_exact_is_refused(self):
        for currency, amount in (("EUR", "0.001"), ("JPY", "0.5"), ("EUR", 0.5), ("EUR", "NaN"), ("EUR", "Infinity")):
            with self.assertRaises(ValueError, msg=(currency, amount)):
                money(currency, amount)

    def test_dates(self):
        day = datetime.date(2031, 3, 31)
        self.assertEqual(date_of(to_date(day)), day)


class Where(unittest.TestCase):
    def find(self, environment, **given):
        with unittest.mock.patch.dict(os.environ, environment, clear=True):
            return Settings.find(**given)

    def test_given_before_environment_before_file(self):
        stack = FOLDER / "stack.env"
        stack.write_text("# made\nset -a\nCRM_LEAD_ADDRESS=file:1\nCRM_CONTACT_ADDRESS='file:2'\nCRM_TOKEN_FILE=f\n"
                         "CRM_TLS_CA=\"ca\"\n")
        found = self.find({"CRM_STACK": str(FOLDER), "CRM_LEAD_ADDRESS": "environment:1", "CRM_TOKEN": "t"},
                          opportunity="given:3")
        self.assertEqual((found.contact, found.lead, found.opportunity), ("file:2", "environment:1", "given:3"))
        self.assertEqual((found.token, found.token_file, found.tls_ca), ("t", "", "ca"))

    def test_a_named_file_must_be_there(self):
        with self.assertRaises(ValueError):
            self.find({}, stack="/nowhere")

    def test_a_token_does_not_leave_the_machine_in_plain_text(self):
        self.find({}, lead="127.0.0.1:1", token="t")
        with self.assertRaises(ValueError):
            self.find({}, lead="crm.example:1", token="t")
        for target, here in (("localhost:1", True), ("ipv4:127.0.0.1:1,127.0.0.2:1", True), ("unix:/run/x", True),
                             ("[::1]:1", True), ("127.0.0.1.example:1", False), ("ipv4:127.0.0.1:1,10.0.0.1:1", False)):
            self.assertEqual(stays_here(target), here, target)

    def test_identity(self):
        for tenant in ("a b", "x" * 65, "é"):
            with self.assertRaises(ValueError):
                self.find({}, tenant=tenant)
        self.assertEqual(dict(Identity(Settings()).metadata()), {"x-crm-tenant": "default", "x-crm-actor": "anonymous"})

    def test_a_token_file_is_read_again_and_a_bad_one_is_not_taken(self):
        file = FOLDER / "token"
        file.write_text("one\n")
        identity = Identity(Settings(token_file=str(file)))
        self.assertFalse(identity.refresh())
        for text, changed, token in (("two", True, "two"), ("", False, "two"), ("two words", False, "two")):
            file.write_text(text)
            self.assertEqual(identity.refresh(), changed)
            self.assertEqual(dict(identity.metadata()), {"authorization": f"Bearer {token}"})


class Watch(unittest.TestCase):
    def response(self, begin, read):
        return event.SubscribeStageEventsResponse(begin_sequence=begin, read_sequence=read)

    def test_goes_on_behind_what_was_handed_out(self):
        position = Position(Identity(Settings()), start_of(0, None))
        response = self.response(1, 7)
        position.take(response)
        self.assertEqual(position.request.after_sequence, 0)
        position.done(response)
        self.assertEqual((position.request.after_sequence, position.read_sequence), (7, 7))

    def test_tells_what_was_lost_and_goes_on_behind_it(self):
        position = Position(Identity(Settings()), start_of(7, None))
        with self.assertRaises(CrmError) as lost:
            position.take(self.response(20, 30))
        self.assertEqual((lost.exception.reason, lost.exception.metadata),
                         ("EVENTS_LOST", {"firstSequence": "8", "lastSequence": "19"}))
        position.take(self.response(20, 30))

    def test_the_oldest_kept_is_where_it_is(self):
        Position(Identity(Settings()), start_of(0, None)).take(self.response(500, 600))

    def test_ends_by_what_does_not_pass_by_itself(self):
        position = Position(Identity(Settings()), start_of(None, None))
        self.assertLess(position.pause_after(CrmError(UNAVAILABLE, "")), 0.06)
        with self.assertRaises(CrmError):
            position.pause_after(CrmError(grpc.StatusCode.PERMISSION_DENIED, ""))

    def test_a_time_needs_its_zone(self):
        with self.assertRaises(ValueError):
            start_of(None, datetime.datetime(2031, 3, 31))


if __name__ == "__main__":
    unittest.main()
