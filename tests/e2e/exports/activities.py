"""What took place with the made-up deals and leads, as header and rows of the products' exports."""

from tables import STAMP


def hubspot(world):
    kinds = (("Call", "Outbound"), ("Meeting", ""), ("Email", "Inbound"), ("Note", ""), ("WhatsApp message", "Outbound"))
    rows = []
    for a in world.activities(260):
        deal, (kind, direction) = world.deals[a["deal"]], kinds[a["kind"]]
        # With people alone; with a deal that is gone; with two deals.
        of = {7: "", 8: 999, 9: f"{700100 + deal['no']};{700100 + (deal['no'] + 1) % 320}"}.get(a["no"] % 40, 700100 + deal["no"])
        rows.append((880000 + a["no"], kind, a["time"](deal["opened"]).strftime("%Y-%m-%d %H:%M"), direction, a["owner"],
                     a["text"], of, ""))
    return ("Record ID", "Activity type", "Activity date", "Call direction", "Activity assigned to", "Note body",
            "Associated Deal IDs", "Associated Contact IDs"), rows


def salesforce(world, users, opportunity):
    """Of tasks, and of events."""
    tasks, events = [], []
    for a in world.activities(300):
        of_lead = a["no"] % 3 == 0
        # Few are of opportunities without a lead, and of a lead that is gone.
        lead, deal = a["deal"] % 120, world.deals[a["deal"] if a["no"] % 20 == 5 else a["deal"] // 4 * 4]
        time = a["time"](world.leads[lead]["created"] if of_lead else deal["opened"])
        who = f"00Q5g00000L{lead:04d}AAA" if of_lead else "0035g00000C0001AAA"
        what = "" if of_lead else opportunity(deal)
        if a["kind"] == 1:
            events.append((f"00U5g00000E{a['no']:05d}", "0", who, what, "Visit", time.strftime(STAMP), a["text"]))
            continue
        subtype = ("Call", "", "Email", "Task", "Task")[a["kind"]]
        # Some are still to be done.
        status = "Not Started" if a["no"] % 11 == 4 else "Completed"
        tasks.append((f"00T5g00000T{a['no']:05d}", "0", who, what, "About the offer", time.strftime("%Y-%m-%d"), status,
                      a["text"], users[a["owner"]], subtype, ("Inbound" if a["no"] % 2 else "Outbound") if subtype == "Call"
                      else "", "" if status != "Completed" else time.strftime(STAMP)))
    return (("Id", "IsDeleted", "WhoId", "WhatId", "Subject", "ActivityDate", "Status", "Description", "OwnerId",
             "TaskSubtype", "CallType", "CompletedDateTime"), tasks), (
            ("Id", "IsDeleted", "WhoId", "WhatId", "Subject", "StartDateTime", "Description"), events)


def pipedrive(world):
    kinds = ("call", "meeting", "email", "note", "lunch")
    rows = []
    for a in world.activities(200):
        to_do, time = a["no"] % 7 == 3, a["time"](world.deals[a["deal"]]["opened"])
        rows.append((a["no"] + 1, kinds[a["kind"]], "" if a["no"] % 5 else "Agreed", "To do" if to_do else "Done",
                     time.strftime("%Y-%m-%d"), "" if to_do else time.strftime(STAMP), a["text"] if a["no"] % 2 else "",
                     a["deal"] + 1))
    return ("Activity - ID", "Activity - Type", "Activity - Subject", "Activity - Done", "Activity - Due date",
            "Activity - Marked as done time", "Activity - Note", "Activity - Deal ID"), rows
