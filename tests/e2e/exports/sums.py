#!/usr/bin/env python3
"""What the imported exports must come to, counted from the files themselves and without a mapping. Prints JSON.
Usage: sums.py PRODUCT FOLDER"""

import collections
import csv
import datetime
import decimal
import io
import json
import pathlib
import sys

STAMP = "%Y-%m-%d %H:%M:%S"
MINUTE = "%Y-%m-%d %H:%M"


class Sums:
    def __init__(self):
        self.organizations = self.persons = self.employed = self.parents = 0
        self.leads = collections.Counter()
        self.types = collections.Counter()
        self.stages = collections.Counter()
        self.amounts = collections.Counter()
        self.days = collections.Counter()  # sums of days since 1970
        self.owners = collections.Counter()
        self.refused = collections.Counter()
        self.sources = collections.Counter()  # of opportunities
        self.assessed = collections.Counter()
        self.accounts = collections.Counter()  # owners of those that the files say something of
        self.talks = {}  # lead → what took place: when, and whether both sides took part

    def opportunity(self, kind, stage, opened, closes, amount, currency, owner):
        """`closes`: when it ended, or is expected to; `amount` in text as "12.50", or None."""
        self.types[kind] += 1
        self.stages[stage if kind == "OPEN" else kind.lower()] += 1
        self.owners[owner] += 1
        self.days["opened"] += days(opened)
        if closes:
            self.days["expected" if kind == "OPEN" else "closed"] += days(closes)
        if amount is not None:
            minor = decimal.Decimal(amount) * 100
            assert minor == int(minor)
            self.amounts[f"{kind} {currency}"] += int(minor)

    def lead(self, key, opened, note=True):
        """A lead that is not new begins with a note."""
        self.talks[key] = [(opened, False)] if note else []

    def activity(self, lead, time, two_way):
        if lead in self.talks:
            self.talks[lead].append((time, two_way))
        else:
            self.refused["activities"] += 1

    def json(self):
        facts = {key: dict(value) if isinstance(value, collections.Counter) else value
                 for key, value in vars(self).items() if key != "talks"}
        if self.talks:
            talks = [each for each in self.talks.values() if each]
            facts["activities"] = {"all": sum(map(len, talks)),
                                   "two_way": sum(any(both for _, both in each) for each in talks),
                                   "last": sum(days(max(time for time, _ in each)) for each in talks)}
        return facts


def days(time):
    return (time.date() - datetime.date(1970, 1, 1)).days


def at(text, form=STAMP):
    return datetime.datetime.strptime(text, form)


def rows_of(folder, beginning, encoding="utf-8-sig", **form):
    (path,) = [each for each in pathlib.Path(folder).iterdir() if each.name.startswith(beginning)]
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode(encoding), newline=""), **form))


def hubspot(folder, sums):
    companies, contacts, deals = (rows_of(folder, f"hubspot-crm-exports-all-{kind}")
                                  for kind in ("companies", "contacts", "deals"))
    sums.organizations, sums.persons = len(companies), len(contacts)
    sums.employed = sum(row["Associated Company IDs (Primary)"] != "" for row in contacts)
    places = {"Appointment Scheduled": "discovery", "Qualified To Buy": "needs_confirmed",
              "Presentation Scheduled": "needs_confirmed", "Decision Maker Bought-In": "payment_terms",
              "Contract Sent": "contract"}
    for row in deals:
        kind = {"Closed Won": "WON", "Closed Lost": "LOST"}.get(row["Deal Stage"], "OPEN")
        if kind == "WON" and not row["Amount"]:
            sums.refused["deals"] += 1
            continue
        sums.leads["CONVERTED"] += 1
        sums.lead(row["Record ID"], at(row["Create Date"], MINUTE))
        sums.opportunity(kind, places.get(row["Deal Stage"]), at(row["Create Date"], MINUTE),
                         at(row["Close Date"], MINUTE), row["Amount"] or None, row["Currency"], row["Deal owner"])
    for row in rows_of(folder, "hubspot-crm-exports-all-activities"):
        two_way = row["Activity type"] in ("Call", "Meeting") or row["Call direction"] == "Inbound"
        sums.activity(row["Associated Deal IDs"].split(";")[0], at(row["Activity date"], MINUTE), two_way)


def salesforce(folder, sums):
    def live(name):
        return [row for row in rows_of(folder, name + ".csv") if row["IsDeleted"] == "0"]

    users = {row["Id"]: row["Username"] for row in rows_of(folder, "User")}
    accounts = live("Account")
    ids = {row["Id"] for row in accounts}
    sums.organizations, sums.parents = len(accounts), sum(row["ParentId"] in ids for row in accounts)
    contacts = live("Contact")
    sums.persons, sums.employed = len(contacts), sum(row["AccountId"] in ids for row in contacts)
    states = {"Open - Not Contacted": "NEW", "Working - Contacted": "WORKING", "Closed - Not Converted": "DISQUALIFIED"}
    leads = rows_of(folder, "Lead")
    for row in leads:
        if row["IsDeleted"] == "0" and row["IsConverted"] == "0":
            sums.leads[states[row["Status"]]] += 1
            sums.persons += 1  # who it is
            sums.lead(row["Id"], at(row["CreatedDate"]), states[row["Status"]] != "NEW")
    converted = {row["ConvertedOpportunityId"] for row in leads if row["IsConverted"] == "1"}
    places = {"Prospecting": "discovery", "Needs Analysis": "needs_confirmed", "Proposal/Price Quote": "proposal",
              "Negotiation/Review": "payment_terms", "Contract Signing": "contract"}
    moves = collections.defaultdict(list)
    for row in rows_of(folder, "OpportunityHistory"):
        if row["StageName"] in places:
            moves[row["OpportunityId"]].append((at(row["CreatedDate"]), places[row["StageName"]]))
    bought = set()
    for row in live("Opportunity"):
        of_lead = row["Id"] in converted
        kind = {"Closed Won": "WON", "Closed Lost": "LOST"}.get(row["StageName"], "OPEN")
        if not of_lead and row["AccountId"] not in ids:
            sums.refused["opportunities"] += 1
            continue
        sums.leads["CONVERTED"] += of_lead
        if of_lead:
            sums.lead(row["Id"], at(row["CreatedDate"]))
        elif row["LeadSource"]:
            sums.sources[{"Web": "WEB", "Partner Referral": "REFERRAL", "Cold call": "OUTBOUND"}[row["LeadSource"]]] += 1
        if not of_lead and not row["LeadSource"]:
            sums.sources["IMPORT"] += 1
        if of_lead:
            sums.sources["EVENT"] += 1  # Trade Show
        if kind == "WON" and row["AccountId"] in ids:
            bought.add(row["AccountId"])
        sums.persons += row["AccountId"] not in ids  # without an account the lead brings one along
        sums.opportunity(kind, places.get(row["StageName"]), at(row["CreatedDate"]), at(row["CloseDate"], "%Y-%m-%d"),
                         row["Amount"] or None, row["CurrencyIsoCode"], users[row["OwnerId"]])
        if kind == "OPEN":  # since when it has been where it is
            sums.days["entered"] += days(max(moves[row["Id"]])[0])
    for row in accounts:
        sums.accounts[users[row["OwnerId"]]] += row["Id"] in bought
    fresh = {key for key, talks in sums.talks.items() if not talks}
    for row in live("Task"):
        if row["Status"] == "Completed":
            two_way = row["TaskSubtype"] == "Call"
            sums.activity(row["WhatId"] or row["WhoId"], at(row["CompletedDateTime"]), two_way)
    for row in live("Event"):
        sums.activity(row["WhatId"] or row["WhoId"], at(row["StartDateTime"]), True)
    for key in fresh:  # who is spoken with is not new any more
        sums.leads["WORKING"] += bool(sums.talks[key])
        sums.leads["NEW"] -= bool(sums.talks[key])
    sums.leads += collections.Counter()  # without zeros


def pipedrive(folder, sums):
    names = {row["Organization - Name"] for row in rows_of(folder, "organizations")}
    sums.organizations = len(names)
    sums.refused["organizations"] = len(rows_of(folder, "organizations")) - len(names)
    people = rows_of(folder, "people")
    sums.persons, sums.employed = len(people), sum(row["Person - Organization"] in names for row in people)
    places = {"Qualified": "needs_confirmed", "Contact Made": "discovery", "Demo Scheduled": "needs_confirmed",
              "Proposal Made": "proposal", "Negotiations Started": "payment_terms"}
    for row in rows_of(folder, "deals"):
        kind = row["Deal - Status"].upper()
        end = row["Deal - Expected close date"] + " 00:00:00" if kind == "OPEN" else row["Deal - Deal closed on"]
        sums.leads["CONVERTED"] += 1
        sums.lead(row["Deal - ID"], at(row["Deal - Deal created"]))
        sums.opportunity(kind, places[row["Deal - Stage"]], at(row["Deal - Deal created"]), at(end), row["Deal - Value"],
                         row["Deal - Currency of Value"], row["Deal - Owner"])
    for row in rows_of(folder, "activities"):
        if row["Activity - Done"] == "Done":
            sums.activity(row["Activity - Deal ID"], at(row["Activity - Marked as done time"]),
                          row["Activity - Type"] in ("call", "meeting", "lunch"))


def zoho(folder, sums):
    sums.organizations = len(rows_of(folder, "Accounts"))
    sums.parents = 1
    contacts = rows_of(folder, "Contacts")
    sums.persons, sums.employed = len(contacts), sum(row["Account Name.id"] != "" for row in contacts)
    states = {"Not Contacted": "NEW", "Attempted to Contact": "WORKING", "Pre-Qualified": "WORKING",
              "Junk Lead": "DISQUALIFIED"}
    findings = {"Need": ("NEED", {"Must have": "MET", "Good to have": "PARTLY_MET", "No need": "NOT_MET"}),
                "Budget Status": ("ABILITY", {"Will buy": "MET", "No committed budget": "NOT_MET"}),
                "Purchase Timeframe": ("TIMEFRAME", {"This quarter": "MET", "This year": "PARTLY_MET", "Unknown": "UNKNOWN"}),
                "Decision Maker": ("AUTHORITY", {"Yes": "MET", "No": "NOT_MET"})}
    for row in rows_of(folder, "Leads"):
        state = states[row["Lead Status"]]
        told = [column for column in findings if row[column] and state != "DISQUALIFIED"]
        for column in told:
            criterion, words = findings[column]
            sums.assessed[f"{criterion} {words[row[column]]}"] += 1
        sums.leads["WORKING" if told else state] += 1
        sums.persons += 1
    places = {"Qualification": "discovery", "Needs Analysis": "needs_confirmed", "Proposal/Price Quote": "proposal",
              "Negotiation/Review": "payment_terms"}
    for row in rows_of(folder, "Deals"):
        if row["Record Id"] == "Record Id":
            continue
        if row["Stage"] is None:
            sums.refused["deals"] += 1
            continue
        kind = {"Closed Won": "WON", "Closed-Lost to Competition": "LOST"}.get(row["Stage"], "OPEN")
        sums.leads["CONVERTED"] += 1
        sums.opportunity(kind, places.get(row["Stage"]), at(row["Created Time"]), at(row["Closing Date"], "%Y-%m-%d"),
                         row["Amount"] or None, row["Currency"], row["Deal Owner"])


def german(text):
    return text.removesuffix(" €").replace(".", "").replace(",", ".") or None


def dynamics(folder, sums):
    form = {"encoding": "utf-16", "delimiter": ";"}
    names = {row["Account Name"] for row in rows_of(folder, "Active Accounts", **form)}
    sums.organizations = len(names)
    contacts = rows_of(folder, "Active Contacts", **form)
    sums.persons, sums.employed = len(contacts), sum(row["Company Name"] in names for row in contacts)
    places = {"1-Qualify": "discovery", "2-Develop": "needs_confirmed", "3-Propose": "proposal", "4-Close": "contract"}
    for row in rows_of(folder, "All Opportunities", **form):
        kind = row["Status"].upper()
        end = row["Est. Close Date"] if kind == "OPEN" else row["Actual Close Date"]
        sums.leads["CONVERTED"] += 1
        sums.opportunity(kind, places[row["Pipeline Phase"]], at(row["Created On"], "%d.%m.%Y %H:%M"),
                         at(end, "%d.%m.%Y"), german(row["Actual Revenue"] or row["Est. Revenue"]), "EUR", row["Owner"])


def odoo(folder, sums):
    partners = rows_of(folder, "Contact")
    sums.organizations = sum(row["Is a Company"] == "True" for row in partners)
    sums.persons = len(partners) - sums.organizations
    sums.employed = sum(row["Related Company/External ID"] != "" for row in partners)
    places = {"New": "discovery", "Qualified": "needs_confirmed", "Proposition": "proposal"}
    for row in rows_of(folder, "Lead"):
        if not row["External ID"]:
            continue
        kind = "LOST" if row["Active"] == "False" else "WON" if row["Stage"] == "Won" else "OPEN"
        end = row["Expected Closing"] + " 00:00:00" if kind == "OPEN" else row["Closed Date"]
        sums.leads["CONVERTED"] += 1
        # Without a customer it brings one along.
        sums.persons += row["Customer/External ID"] == ""
        sums.opportunity(kind, places.get(row["Stage"]), at(row["Created on"]), at(end), row["Expected Revenue"], "EUR",
                         row["Salesperson"])


def spreadsheet(folder, sums):
    (path,) = pathlib.Path(folder).iterdir()
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    rows = [row for row in csv.DictReader(lines[2:-1], delimiter=";") if any(row.values())]
    sums.organizations = len({row["Empresa"] for row in rows})
    places = {"Contactado": "discovery", "Presupuesto enviado": "proposal", "Negociación": "payment_terms"}
    for row in rows:
        kind = {"Ganada": "WON", "Perdida": "LOST"}.get(row["Etapa"], "OPEN")
        amount = row["Importe"].removeprefix("$").replace(".", "").replace(",", ".")
        sums.leads["CONVERTED"] += 1
        sums.opportunity(kind, places.get(row["Etapa"]), at(row["Fecha"], "%d/%m/%y"),
                         at(row["Cierre previsto"], "%d/%m/%y"), None if amount == "-" else amount, "COP",
                         row["Comercial"])


if __name__ == "__main__":
    result = Sums()
    {each.__name__: each for each in (hubspot, salesforce, pipedrive, zoho, dynamics, odoo, spreadsheet)}[sys.argv[1]](
        sys.argv[2], result)
    print(json.dumps(result.json(), ensure_ascii=False, sort_keys=True))
