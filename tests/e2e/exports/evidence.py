"""Activities, assessments and accounts of small files, imported again and again: nothing twice, what is new is taken, what
people deleted stays so."""

import json
import os
import unittest

MAPPING = {
    "name": "evidence",
    "files": [
        {"entity": "organization", "file": "companies.csv", "label": "companies", "key": "id", "fields": {"display_name": "name"}},
        {"entity": "lead", "file": "leads.csv", "label": "leads", "key": "id", "stages": {"*": "NEW"},
         "fields": {"stage": {"constant": "x"}, "organization": "company", "opened": "opened"}},
        {"entity": "deal", "file": "deals.csv", "label": "deals, to be judged", "key": "id", "stages": {"*": "WORKING"},
         "fields": {"stage": "stage", "organization": "company", "opened": "opened"}},
        {"entity": "assessment", "file": "assessments.csv", "label": "assessments", "key": "id",
         "fields": {"lead": "of", "deal": "of", "criterion": "criterion", "finding": "finding", "observed": "seen"}},
        {"entity": "deal", "file": "deals.csv", "label": "deals", "key": "id", "stages": {"Talk": "WORKING", "Won": "WON"},
         "fields": {"stage": "stage", "organization": "company", "opened": "opened", "closed": "closed",
                    "amount": {"constant": "500", "currency": "EUR"}}},
        {"entity": "activity", "file": "activities.csv", "label": "activities", "key": "id",
         "fields": {"lead": "of", "deal": "of", "type": "type", "direction": {"constant": "INBOUND"}, "occurred": "when",
                    "summary": "text"}},
        {"entity": "account", "file": "companies.csv", "label": "accounts", "key": "id",
         "fields": {"organization": "id", "owner": "owner", "status": {"column": "left", "default": "ACTIVE"},
                    "attributes.grade": "grade"}}]}

FILES = {
    "companies.csv": ["id,name,owner,left,grade", "1,Acme,lena,,A", "2,Bolt,marc,,B"],
    "leads.csv": ["id,company,opened", "L1,1,2025-01-02", "L2,1,2025-01-02"],
    "deals.csv": ["id,company,opened,closed,stage", "D1,1,2025-01-03,2025-02-03,Won", "D2,2,2025-01-03,,Talk"],
    "assessments.csv": ["id,of,criterion,finding,seen", "1,L1,NEED,MET,2025-01-05", "2,D1,NEED,PARTLY_MET,2025-01-06",
                        "3,D2,ABILITY,MET,2025-01-06", "4,L1,AUTHORITY,MET,2025-01-04"],
    "activities.csv": ["id,of,type,when,text", "1,L1,CALL,2025-01-06,asked", "2,D1,EMAIL,2025-01-07,wrote",
                       "3,L2,NOTE,2025-01-08,only a note"]}


class EvidenceCases:
    """Cases of a TestCase that has a stack."""

    def import_evidence(self, files, *flags, tenant="evidence"):
        place = self.folder / tenant
        place.mkdir(exist_ok=True)
        for name, lines in files.items():
            (place / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
        (place / "mapping.json").write_text(json.dumps(MAPPING), encoding="utf-8")
        told = json.loads(self.crmctl(tenant, "-o", "json", "import", "--mapping", place / "mapping.json", "--data", place,
                                      "--rejects", place / "rejects.csv", *flags))
        self.assertEqual([], [row for file in told["files"] for row in file["failures"]])
        return {file["label"]: {kind: file[kind] for kind in ("created", "updated", "unchanged", "older", "deleted") if file[kind]}
                for file in told["files"]}

    def leads(self, tenant="evidence"):
        return {lead["externalId"]: lead for lead in self.listed(tenant, "lead")}

    def records(self, kind, lead, tenant="evidence"):
        """What stands in a list of the lead's, latest first."""
        return json.loads(self.crmctl(tenant, "-o", "json", "lead", kind, lead["name"]))

    def all_of(self, tenant):
        """What the services know of a tenant's leads, with all that was recorded of them, and its customers."""
        leads = self.leads(tenant)
        records = {key: self.records("activities", lead, tenant) for key, lead in leads.items()}
        return leads, records, self.listed(tenant, "account"), self.listed(tenant, "opportunity"), self.listed(tenant, "contact")

    @unittest.skipIf("CRM_EXPORTS_DRAFT_ONLY" in os.environ, "needs servers")
    def test_evidence_again_and_again(self):
        first = self.import_evidence(FILES)
        for label, rows in (("assessments", 4), ("activities", 3), ("deals", 1), ("leads", 2)):
            self.assertEqual(rows, first[label]["created"], label)
        self.assertEqual({"created": 1, "unchanged": 1}, first["accounts"], "who has bought nothing has no account")
        leads = self.leads()
        self.assertEqual("LEAD_STATE_WORKING", leads["lead:L1"]["state"])
        # The first row of the file comes first; the other, which is older, moves nothing.
        self.assertIn(leads["lead:L1"]["stateEnterTime"][:10], ("2025-01-04", "2025-01-05"))
        self.assertEqual(["CRITERION_NEED"], [each["criterion"] for each in leads["D1"]["currentAssessments"]],
                         "what was sold was judged before")
        (account,) = self.listed("evidence", "account")
        self.assertEqual(("lena", {"external_id": "1", "grade": "A"}), (account["owner"], account["attributes"]))

        again = self.import_evidence(FILES)
        self.assertEqual({}, {label: found for label, found in again.items() if set(found) != {"unchanged"}})
        self.assertEqual(leads["D1"]["etag"], self.leads()["D1"]["etag"])

        newer = {name: list(lines) for name, lines in FILES.items()}
        newer["activities.csv"][1] = "1,L1,CALL,2025-01-06,asked for an offer"
        newer["assessments.csv"][1] = "1,L1,NEED,NOT_MET,2025-03-05"
        newer["companies.csv"][1] = "1,Acme,sofia,CLOSED,A"
        updated = self.import_evidence(newer, "--update")
        self.assertEqual({"updated": 1, "unchanged": 2}, updated["activities"])
        self.assertEqual({"updated": 1, "unchanged": 3}, updated["assessments"])
        self.assertEqual({"updated": 1, "unchanged": 1}, updated["accounts"])
        lead = self.leads()["lead:L1"]
        self.assertEqual(["asked for an offer"], [each["summary"] for each in self.records("activities", lead)])
        self.assertIn("FINDING_NOT_MET", [each["finding"] for each in lead["currentAssessments"]])
        (account,) = self.listed("evidence", "account")
        self.assertEqual(("sofia", "ACCOUNT_STATUS_CLOSED"), (account["owner"], account["status"]))
        same = self.import_evidence(newer, "--update")
        self.assertEqual({}, {label: found for label, found in same.items() if set(found) != {"unchanged"}})

        self.crmctl("evidence", "lead", "delete", self.leads()["lead:L2"]["name"])
        self.assertEqual({"unchanged": 2, "deleted": 1}, self.import_evidence(newer)["activities"])

    @unittest.skipIf("CRM_EXPORTS_DRAFT_ONLY" in os.environ, "needs servers")
    def test_an_older_export_of_evidence_changes_nothing(self):
        newer = {name: list(lines) for name, lines in FILES.items()}
        newer["assessments.csv"][4] = "4,L1,AUTHORITY,MET,"
        self.import_evidence(newer, "--update", "--exported", "2025-05-08", tenant="older")
        known = self.all_of("older")
        observed = {each["criterion"]: each["observeTime"] for each in known[0]["lead:L1"]["currentAssessments"]}
        self.assertEqual("2025-05-08T00:00:00Z", observed["CRITERION_AUTHORITY"], "without a date it was known when it was exported")

        older = {name: [line.replace("Acme", "Acme Ltd").replace("lena", "marc").replace("asked", "called").replace(",MET", ",NOT_MET")
                        for line in lines] for name, lines in newer.items()}
        told = self.import_evidence(older, "--update", "--exported", "2025-05-01", tenant="older")
        accounts = told.pop("accounts")
        self.assertEqual({"unchanged": 2, "older": 1}, accounts, "the other has no account")
        self.assertEqual({label: {"unchanged": len(FILES[name]) - 1, "older": len(FILES[name]) - 1} for label, name in (
            ("companies", "companies.csv"), ("leads", "leads.csv"), ("deals, to be judged", "deals.csv"), ("deals", "deals.csv"),
            ("assessments", "assessments.csv"), ("activities", "activities.csv"))}, told)
        self.assertEqual(known, self.all_of("older"))

        again = self.import_evidence(newer, "--update", "--exported", "2025-05-08", tenant="older")
        self.assertEqual({}, {label: found for label, found in again.items() if set(found) != {"unchanged"}})
        older["activities.csv"].append("9,L2,CALL,2025-01-09,known to nobody yet")
        found = self.import_evidence(older, "--update", "--exported", "2025-05-01", tenant="older")
        self.assertEqual({"created": 1, "unchanged": 3, "older": 3}, found["activities"])
