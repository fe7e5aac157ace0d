#!/usr/bin/env python3
"""Writes made-up exports in the shape of seven products, each in a folder of its name: their headers, ids, formats
and references, and the dirt that real exports have. Usage: make_exports.py FOLDER"""

import pathlib
import sys

import activities
from people import World, local, plain
from salesforce import salesforce
from tables import STAMP, text_of


def hubspot(put):
    world = World(1)
    put("hubspot-crm-exports-all-companies-2026-03-02.csv", text_of(
        ("Record ID", "Company name", "Company owner", "Create Date", "Phone Number", "City", "Country/Region",
         "Industry", "Company Domain Name", "Number of Employees", "Annual Revenue"),
        [(9000 + f["no"], "" if f["no"] % 29 == 3 else f["name"], f["owner"], f["created"].strftime("%Y-%m-%d %H:%M"),
          f["phone"], "", f["country"], f["industry"].upper().replace(" ", "_"),
          # Subsidiaries are entered with the site of their parent.
          world.firms[0]["domain"] if f["no"] == 41 else f["domain"],
          "" if f["no"] % 7 == 0 else f["employees"], "" if f["no"] % 5 == 0 else f["revenue"]) for f in world.firms]))
    put("hubspot-crm-exports-all-contacts-2026-03-02.csv", text_of(
        ("Record ID", "First Name", "Last Name", "Email", "Phone Number", "Contact owner", "Job Title",
         "Create Date", "Lifecycle Stage", "Associated Company", "Associated Company IDs (Primary)"),
        [(5100 + p["no"], p["first"], p["last"],
          # A shared mailbox, and one that is none.
          "office@shared.example" if p["no"] in (10, 11, 12) else "n/a yet" if p["no"] == 20 else p["email"], p["phone"],
          p["owner"], p["title"], p["created"].strftime("%Y-%m-%d %H:%M"), "Lead", p["firm"] and p["firm"]["name"],
          9000 + p["firm"]["no"] if p["firm"] else "") for p in world.persons]))
    stages = ("Appointment Scheduled", "Qualified To Buy", "Presentation Scheduled", "Decision Maker Bought-In",
              "Contract Sent")

    def company(deal):
        if deal["no"] in (17, 18):
            return 4711  # deleted since
        return 9000 + deal["firm"]["no"]

    def contacts(deal):
        if not deal["person"]:
            return ""
        first = 5100 + deal["person"]["no"]
        return f"{first};{5100 + (deal['person']['no'] + 1) % 160}" if deal["no"] % 9 == 0 else first

    put("hubspot-crm-exports-all-deals-2026-03-02.csv", text_of(
        ("Record ID", "Deal Name", "Deal Stage", "Close Date", "Deal owner", "Amount", "Currency", "Pipeline",
         "Create Date", "Deal Type", "Closed Lost Reason", "Associated Company IDs (Primary)",
         "Associated Contact IDs"),
        [(700100 + d["no"], d["title"],
          {"won": "Closed Won", "lost": "Closed Lost", "open": stages[d["stage"]]}[d["state"]],
          d["closes"].strftime("%Y-%m-%d %H:%M"), d["owner"],
          "" if d["no"] in (5, 6) else plain(d["minor"]), d["currency"], "Sales Pipeline",
          d["opened"].strftime("%Y-%m-%d %H:%M"), "newbusiness", d["reason"], company(d), contacts(d))
         for d in world.deals]))


    put("hubspot-crm-exports-all-activities-2026-03-02.csv", text_of(*activities.hubspot(world)))


def pipedrive(put):
    world = World(3)
    put("organizations-1234-18.csv", text_of(
        ("Organization - ID", "Organization - Name", "Organization - Owner", "Organization - Address",
         "Organization - Organization created"),
        # Somebody entered a firm twice.
        [(f["no"] + 1, world.firms[7]["name"] if f["no"] == 8 else f["name"], f["owner"], f["country"],
          f["created"].strftime(STAMP)) for f in world.firms]))
    put("people-1234-19.csv", text_of(
        ("Person - ID", "Person - Name", "Person - Organization", "Person - Email - Work", "Person - Email - Home",
         "Person - Phone - Work", "Person - Owner", "Person - Person created"),
        [(p["no"] + 1, f"{p['first']} {p['last']}", p["firm"]["name"] if p["firm"] and p["firm"]["no"] != 8 else "",
          "" if p["no"] % 6 == 0 else p["email"], p["email"] if p["no"] % 6 == 0 else "",
          p["phone"] and p["phone"] + ", +49 30 55 7", p["owner"], p["created"].strftime(STAMP))
         for p in world.persons]))
    stages = ("Qualified", "Contact Made", "Demo Scheduled", "Proposal Made", "Negotiations Started")
    put("deals-1234-17.csv", text_of(
        ("Deal - ID", "Deal - Title", "Deal - Organization", "Deal - Contact person", "Deal - Owner", "Deal - Value",
         "Deal - Currency of Value", "Deal - Stage", "Deal - Status", "Deal - Pipeline", "Deal - Probability",
         "Deal - Expected close date", "Deal - Deal created", "Deal - Deal closed on", "Deal - Won time",
         "Deal - Lost time", "Deal - Lost reason", "Deal - Label"),
        [(d["no"] + 1, d["title"], d["firm"]["name"] if d["firm"]["no"] != 8 else world.firms[7]["name"],
          d["person"] and d["person"]["first"], d["owner"],
          "0" if d["minor"] is None else plain(d["minor"]), d["currency"], stages[d["stage"]], d["state"].title(),
          "Pipeline", "" if d["no"] % 3 else d["probability"],
          d["closes"].strftime("%Y-%m-%d") if d["state"] == "open" else "", d["opened"].strftime(STAMP),
          "" if d["state"] == "open" else d["closes"].strftime(STAMP),
          d["closes"].strftime(STAMP) if d["state"] == "won" else "",
          d["closes"].strftime(STAMP) if d["state"] == "lost" else "", d["reason"], "") for d in world.deals]))


    put("activities-1234-18.csv", text_of(*activities.pipedrive(world)))


def zoho(put):
    world = World(4, leads=100)

    def record(kind, no):
        return f"zcrm_51340000000{kind}{no:05d}"

    put("Accounts_2026_03_02.csv", text_of(
        ("Record Id", "Account Owner.id", "Account Owner", "Account Name", "Phone", "Website", "Employees", "Industry",
         "Annual Revenue", "Currency", "Billing Country", "Parent Account.id", "Created Time", "Tag", "Tag"),
        [(record(1, f["no"]), "zcrm_1", f["owner"], f["name"], f["phone"], f"www.{f['domain']}",
          "1,200+" if f["no"] == 9 else f["employees"], f["industry"], "" if f["no"] % 4 else f["revenue"], "EUR",
          f["country"], record(1, 2) if f["no"] == 5 else "", f["created"].strftime(STAMP), "", "")
         for f in world.firms]))
    put("Contacts_2026_03_02.csv", text_of(
        ("Record Id", "Contact Owner", "First Name", "Last Name", "Account Name.id", "Account Name", "Email", "Title",
         "Department", "Phone", "Mobile", "Created Time"),
        [(record(2, p["no"]), p["owner"], p["first"], p["last"], p["firm"] and record(1, p["firm"]["no"]),
          p["firm"] and p["firm"]["name"], p["email"], p["title"], "", "", p["phone"], p["created"].strftime(STAMP))
         for p in world.persons]))
    status = ("Not Contacted", "Attempted to Contact", "Pre-Qualified", "Junk Lead")

    def found(no):
        return (("Must have", "Good to have", "No need", "")[no % 4], ("Will buy", "No committed budget", "")[no % 3],
                ("This quarter", "This year", "Unknown", "", "")[no % 5], ("Yes", "No", "", "", "", "")[no % 6])

    put("Leads_2026_03_02.csv", text_of(
        ("Record Id", "Lead Owner", "Company", "First Name", "Last Name", "Email", "Phone", "Lead Source",
         "Lead Status", "Created Time", "Need", "Budget Status", "Purchase Timeframe", "Decision Maker"),
        [(record(3, x["no"]), x["owner"], x["company"], x["first"], x["last"], x["email"], x["phone"], x["source"],
          status[x["status"]], x["created"].strftime(STAMP), *found(x["no"])) for x in world.leads]))
    stages = ("Qualification", "Needs Analysis", "Proposal/Price Quote", "Negotiation/Review", "Negotiation/Review")
    rows = [(record(4, d["no"]), "zcrm_1", d["owner"], plain(d["minor"]), d["title"],
             d["closes"].strftime("%Y-%m-%d"), record(1, d["firm"]["no"]), d["firm"]["name"],
             {"won": "Closed Won", "lost": "Closed-Lost to Competition", "open": stages[d["stage"]]}[d["state"]], "",
             d["probability"], "", d["person"] and record(2, d["person"]["no"]), "", d["currency"], "1",
             d["reason"], d["opened"].strftime(STAMP)) for d in world.deals]
    header = ("Record Id", "Deal Owner.id", "Deal Owner", "Amount", "Deal Name", "Closing Date", "Account Name.id",
              "Account Name", "Stage", "Type", "Probability (%)", "Lead Source", "Contact Name.id", "Contact Name",
              "Currency", "Exchange Rate", "Reason For Loss", "Created Time")
    # Exported in two parts and put together by hand: the header stands twice, and a row was torn.
    text = text_of(header, rows[:200]) + text_of(header, rows[200:]) + "zcrm_5134000000049,torn\n"
    put("Deals_2026_03_02.csv", text)


def dynamics(put):
    world = World(5)

    def guid(kind, no):
        return f"{kind}a1b2c3d-0000-ed11-9db2-{no:012x}"

    def table(header, rows):
        return ("\ufeff" + text_of(header, rows, delimiter=";", end="\r\n")).encode("utf-16-le")

    def when(time):
        return time.strftime("%d.%m.%Y %H:%M")

    put("Active Accounts 02-03-2026 10-11-12.csv", table(
        ("(Do Not Modify) Account", "(Do Not Modify) Row Checksum", "(Do Not Modify) Modified On", "Account Name",
         "Main Phone", "Address 1: Country/Region", "Industry", "No. of Employees", "Annual Revenue", "Website", "Owner",
         "Created On"),
        [(guid("1", f["no"]), "x", when(f["created"]), f["name"], f["phone"], f["country"], f["industry"],
          local(100 * f["employees"])[:-3], local(100 * f["revenue"]) + " €", f"http://{f['domain']}", f["owner"],
          when(f["created"])) for f in world.firms]))
    put("Active Contacts 02-03-2026 10-11-13.csv", table(
        ("(Do Not Modify) Contact", "(Do Not Modify) Row Checksum", "(Do Not Modify) Modified On", "Full Name", "Email",
         "Company Name", "Business Phone", "Job Title", "Owner", "Created On"),
        [(guid("2", p["no"]), "x", when(p["created"]), f"{p['first']} {p['last']}", p["email"],
          p["firm"] and p["firm"]["name"], p["phone"], p["title"], p["owner"], when(p["created"]))
         for p in world.persons]))
    phases = ("1-Qualify", "2-Develop", "3-Propose", "3-Propose", "4-Close")
    put("All Opportunities 02-03-2026 10-11-14.csv", table(
        ("(Do Not Modify) Opportunity", "(Do Not Modify) Row Checksum", "(Do Not Modify) Modified On", "Topic",
         "Potential Customer", "Est. Close Date", "Est. Revenue", "Actual Close Date", "Actual Revenue", "Status",
         "Status Reason", "Pipeline Phase", "Probability", "Owner", "Created On"),
        [(guid("3", d["no"]), "x", when(d["opened"]), d["title"],
          d["firm"]["name"], d["closes"].strftime("%d.%m.%Y"),
          "" if d["minor"] is None else local(d["minor"] + 100000) + " €",
          "" if d["state"] == "open" else d["closes"].strftime("%d.%m.%Y"),
          local(d["minor"]) + " €" if d["state"] == "won" else "",
          {"open": "Open", "won": "Won", "lost": "Lost"}[d["state"]],
          {"open": "In Progress", "won": "Won", "lost": "Out-Sold"}[d["state"]], phases[d["stage"]], d["probability"],
          d["owner"], when(d["opened"])) for d in world.deals]))


def odoo(put):
    world = World(6)
    partners = [(f"__export__.res_partner_{f['no']}_a", f["name"], "True", "", f["email"], f["phone"], f["country"], "",
                 f["created"].strftime(STAMP)) for f in world.firms]
    partners += [(f"__export__.res_partner_{1000 + p['no']}_a", f"{p['first']} {p['last']}", "False",
                  p["firm"] and f"__export__.res_partner_{p['firm']['no']}_a", p["email"], p["phone"], "", p["title"],
                  p["created"].strftime(STAMP)) for p in world.persons]
    put("Contact (res.partner).csv", text_of(
        ("External ID", "Name", "Is a Company", "Related Company/External ID", "Email", "Phone", "Country",
         "Job Position", "Created on"), partners))

    def partner(deal):
        if deal["person"]:
            return f"__export__.res_partner_{1000 + deal['person']['no']}_a"
        return "" if deal["no"] % 10 == 1 else f"__export__.res_partner_{deal['firm']['no']}_a"

    stages = ("New", "Qualified", "Qualified", "Proposition", "Proposition")
    rows = []
    for d in world.deals:
        won = d["state"] == "won"
        rows.append((f"__export__.crm_lead_{d['no']}_b", d["title"], partner(d), f"asks{d['no']}@mail.example", d["owner"],
                     "0.0" if d["minor"] is None else plain(d["minor"], 1) if d["minor"] % 100 == 0 else plain(d["minor"]),
                     "Won" if won else stages[d["stage"]], "0.0" if d["state"] == "lost" else "100.0" if won
                     else f"{d['probability']}.57", d["closes"].strftime("%Y-%m-%d") if d["state"] == "open" else "",
                     d["opened"].strftime(STAMP), "" if d["state"] == "open" else d["closes"].strftime(STAMP),
                     "False" if d["state"] == "lost" else "True", d["reason"], "Loom"))
        if d["no"] % 8 == 0:  # a second tag is a row of its own
            rows.append(("",) * 13 + ("Urgent",))
    put("Lead_Opportunity (crm.lead).csv", text_of(
        ("External ID", "Opportunity", "Customer/External ID", "Email", "Salesperson", "Expected Revenue", "Stage",
         "Probability", "Expected Closing", "Created on", "Closed Date", "Active", "Lost Reason", "Tags"), rows))


def spreadsheet(put):
    world = World(7, deals=240)
    stages = ("Contactado", "Presupuesto enviado", "Presupuesto enviado", "Negociación", "Negociación")

    def day(time):
        return f"{time.day}/{time.month}/{time:%y}"

    def amount(deal):
        if deal["minor"] is None:
            return "-"
        return "$" + local(100 * deal["minor"])[:-3] if deal["no"] % 3 else "$" + local(deal["minor"])

    rows = [(f"OP-{d['no']:04d}", day(d["opened"]), d["firm"]["name"],
             d["person"] and f"{d['person']['first']} {d['person']['last']}",
             f"{d['no']}@correo.example" if d["no"] % 2 else "", d["title"].split(" – ")[1].replace("\n", " "),
             amount(d), {"won": "Ganada", "lost": "Perdida", "open": stages[d["stage"]]}[d["state"]], day(d["closes"]),
             f"{d['probability']}%", d["owner"], d["reason"] or "N/A") for d in world.deals]
    rows.insert(60, ("",) * 12)
    rows.append(("TOTAL", "", "", "", "", "", "$" + local(sum(d["minor"] or 0 for d in world.deals)), "", "", "", "", ""))
    text = text_of(("Nº", "Fecha", "Empresa", "Contacto", "Correo", "Oportunidad", "Importe", "Etapa",
                    "Cierre previsto", "Probabilidad", "Comercial", "Motivo"), rows, delimiter=";", end="\r\n")
    put("oportunidades.csv", "\ufeffInforme de oportunidades" + ";" * 11 + "\r\nExportado el 2/3/26" + ";" * 11 + "\r\n" + text)


PRODUCTS = (hubspot, salesforce, pipedrive, zoho, dynamics, odoo, spreadsheet)


def main(folder):
    for product in PRODUCTS:
        place = pathlib.Path(folder, product.__name__)
        place.mkdir(parents=True, exist_ok=True)

        def put(name, content, place=place):
            (place / name).write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))

        product(put)


if __name__ == "__main__":
    main(sys.argv[1])
