"""The export of Salesforce: a file of each kind of record, with leads apart from opportunities and a history of
stages."""

import csv
import datetime

import activities
from people import World, plain
from tables import STAMP, text_of

STAGES = ("Prospecting", "Needs Analysis", "Proposal/Price Quote", "Negotiation/Review", "Contract Signing")


def opportunity(deal):
    return f"0065g00000P{deal['no']:04d}AAA"


def stage_of(deal):
    return {"won": "Closed Won", "lost": "Closed Lost", "open": STAGES[deal["stage"]]}[deal["state"]]


def salesforce(put):
    world = World(2, leads=120)
    every = csv.QUOTE_ALL

    def account(firm):
        return f"0015g00000A{firm['no']:04d}AAA"

    users = {owner: f"0055g00000U000{i}AAA" for i, owner in enumerate(sorted({f["owner"] for f in world.firms}))}
    put("User.csv", text_of(("Id", "Username", "LastName", "Email", "IsActive"), [
        (i, owner, owner.split("@")[0].split(".")[1].title(), owner, "1") for owner, i in users.items()], quoting=every))
    put("Account.csv", text_of(
        ("Id", "IsDeleted", "Name", "Type", "ParentId", "BillingCountry", "Phone", "Website", "Industry",
         "AnnualRevenue", "NumberOfEmployees", "OwnerId", "CreatedDate"),
        [(account(f), "1" if f["no"] == 77 else "0", f["name"], "Customer",
          account(world.firms[0]) if f["no"] in (3, 4) else "", f["country"], f["phone"], f"https://www.{f['domain']}/",
          f["industry"], plain(100 * f["revenue"], 1), f["employees"], users[f["owner"]],
          f["created"].strftime(STAMP)) for f in world.firms], quoting=every))
    put("Contact.csv", text_of(
        ("Id", "IsDeleted", "AccountId", "LastName", "FirstName", "Phone", "Email", "Title", "Department", "OwnerId",
         "CreatedDate"),
        [(f"0035g00000C{p['no']:04d}AAA", "0", account(p["firm"]) if p["firm"] and p["firm"]["no"] != 77 else "",
          p["last"], p["first"], p["phone"], p["email"], p["title"], "", users[p["owner"]],
          p["created"].strftime(STAMP)) for p in world.persons], quoting=every))
    converted = [d for d in world.deals if d["no"] % 4 == 0]
    header = ("Id", "IsDeleted", "LastName", "FirstName", "Company", "Email", "Phone", "LeadSource", "Status", "OwnerId",
              "IsConverted", "ConvertedDate", "ConvertedAccountId", "ConvertedOpportunityId", "CreatedDate")
    status = ("Open - Not Contacted", "Working - Contacted", "Working - Contacted", "Closed - Not Converted")
    leads = [(f"00Q5g00000L{i:04d}AAA", "1" if i == 50 else "0", x["last"], x["first"], x["company"], x["email"], "",
              x["source"], status[x["status"]], users[x["owner"]], "0", "", "", "", x["created"].strftime(STAMP))
             for i, x in enumerate(world.leads)]
    leads += [(f"00Q5g00000M{d['no']:04d}AAA", "0", "Buyer", "A", d["firm"]["name"], "", "", "Trade Show",
               "Closed - Converted", users[d["owner"]], "1", d["opened"].strftime("%Y-%m-%d"), account(d["firm"]),
               opportunity(d), (d["opened"] - datetime.timedelta(days=3)).strftime(STAMP)) for d in converted]
    put("Lead.csv", text_of(header, leads, quoting=every))
    put("Opportunity.csv", text_of(
        ("Id", "IsDeleted", "AccountId", "Name", "StageName", "Amount", "Probability", "CloseDate", "Type", "LeadSource",
         "IsClosed", "IsWon", "ForecastCategoryName", "CurrencyIsoCode", "OwnerId", "CreatedDate"),
        [(opportunity(d), "1" if d["no"] in (33, 34) else "0", "" if d["firm"]["no"] == 77 else account(d["firm"]),
          d["title"], stage_of(d), "" if d["minor"] is None else plain(d["minor"], 1), d["probability"],
          d["closes"].strftime("%Y-%m-%d"), "New", ("Web", "Partner Referral", "Cold call", "")[d["no"] % 4],
          "0" if d["state"] == "open" else "1", "1" if d["state"] == "won" else "0", "Pipeline", d["currency"], users[d["owner"]], d["opened"].strftime(STAMP))
         for d in world.deals], quoting=every))
    history = []
    for deal in world.deals:
        last = STAGES.index(stage_of(deal)) if deal["state"] == "open" else deal["stage"]
        time = deal["opened"]
        for step in range(last + 1):
            history.append((f"0085g00000H{len(history):05d}", opportunity(deal), STAGES[step], "",
                            time.strftime(STAMP)))
            time += datetime.timedelta(days=1)
        if deal["state"] != "open":
            history.append((f"0085g00000H{len(history):05d}", opportunity(deal), stage_of(deal), "",
                            (deal["closes"] + datetime.timedelta(hours=1)).strftime(STAMP)))
    history.sort(key=lambda row: row[2])  # in no order of time
    put("OpportunityHistory.csv", text_of(("Id", "OpportunityId", "StageName", "Amount", "CreatedDate"), history,
                                          quoting=every))
    tasks, events = activities.salesforce(world, users, opportunity)
    put("Task.csv", text_of(*tasks, quoting=every))
    put("Event.csv", text_of(*events, quoting=every))
