"""The layout of a service: which job stands in which file. One vocabulary for all of them."""

import re

# The things that each service keeps; the first is the one it is named after.
THINGS = {
    "contact": ("contact", "account", "search", "duplicate", "duplicate_group", "erasure", "merge",
                "upsert"),
    "lead": ("lead", "activity", "policy", "conversion", "prediction", "assignment", "capture", "report"),
    "opportunity": ("opportunity", "pipeline", "attachment", "report", "forecast",
                    "timeline"),
}

# What stands beside a service's rooms.
ROOT = ["main.cc", "{svc}_options.h", "{svc}_options.cc", "{svc}_streams.h", "{svc}_streams.cc",
        "{svc}_commands.h", "{svc}_commands.cc"]

# room -> the files it may hold. {thing} is one of the service's things or another noun of its
# domain, {svc} the service. What ends in / is a folder whose files are not looked at.
ROOMS = {
    "domain": ["{noun}.h", "{noun}.cc", "{thing}_state.h", "{thing}_state.cc", "{thing}_rules.h",
               "{thing}_rules.cc", "{thing}_edit.h", "{thing}_edit.cc", "occasion.h", "ports.h"],
    "store": ["{noun}_table.h", "{noun}_table.cc", "{noun}_reads.h", "{noun}_reads.cc",
              "{noun}_json.h", "{noun}_json.cc", "{noun}_taken.h", "{noun}_taken.cc",
              "{noun}_fields.h", "{noun}_fields.cc", "{noun}_published.h", "{noun}_published.cc",
              "{noun}_stages.h", "{noun}_stages.cc", "{noun}_store.h", "{noun}_store.cc",
              "statements.h", "{noun}_statements.h", "migrations/"],
    "rpc": ["{svc}_service.h", "{svc}_service.cc", "{svc}_ports.h", "{thing}_handlers.h",
            "{thing}_reads.cc", "{thing}_writes.cc", "{thing}_moves.cc", "{noun}_checks.h",
            "{noun}_checks.cc", "{noun}_proto.h", "{noun}_proto.cc", "{thing}_filters.h",
            "{thing}_filters.cc"],
    "clients": ["grpc_{noun}.h", "grpc_{noun}.cc", "cached_{noun}.h", "cached_{noun}.cc"],
}

# The jobs that every service has for the thing it is named after, and where.
JOBS = {
    "the aggregate": "domain/{thing}.h",
    "states and transitions": "domain/{thing}_state.h",
    "what an update may change": "domain/{thing}_edit.h",
    "who and when": "domain/occasion.h",
    "rows": "store/{thing}_table.h",
    "lists and read models": "store/{thing}_reads.h",
    "JSON columns": "store/{thing}_json.h",
    "fields for their history": "store/{thing}_fields.h",
    "ids in use": "store/{thing}_taken.h",
    "a move as an event record": "store/{thing}_stages.h",
    "statements": "store/statements.h",
    "the methods, one line each": "rpc/{thing}_service.cc",
    "what handlers are given": "rpc/{thing}_ports.h",
    "the handlers": "rpc/{thing}_handlers.h",
    "handlers that read": "rpc/{thing}_reads.cc",
    "handlers that write": "rpc/{thing}_writes.cc",
    "the shape of a request": "rpc/{thing}_checks.h",
    "message and domain": "rpc/{thing}_proto.h",
    "fields that lists filter by": "rpc/{thing}_filters.h",
}

# Headers that hold no logic and so have no source: values, ports, declarations and templates.
HEADER_ONLY = re.compile(r"(occasion|ports|\w+_statements|assignment|contact_registry|statements|\w+_ports|\w+_handlers|milestone|sales_work|stage_change|"
    r"gate|forecast_category|next_step|planned_field)\.h$")
# Sources whose declarations stand in the handlers' one header.
SOURCE_ONLY = re.compile(r"\w+_(reads|writes|moves)\.cc$|main\.cc$")


def _pattern(template, service):
    things = "|".join(THINGS[service])
    parts = {"svc": service, "thing": f"(?:{things})", "noun": "[a-z][a-z0-9_]*"}
    text = re.escape(template).replace(r"\{", "{").replace(r"\}", "}")
    return re.compile(text.format(**parts) + "$")


def missing_jobs(service, files):
    """The jobs that have no file. `files` are paths below services/<service>/."""
    thing = THINGS[service][0]
    return [f"services/{service}: {job}: no {path.format(thing=thing)}"
            for job, path in JOBS.items() if path.format(thing=thing) not in files]


def strangers(service, files):
    """The files of a known room that no role of it names."""
    found = []
    for path in files:
        room, slash, name = path.partition("/")
        roles = ROOMS.get(room) if slash else ROOT
        if roles is None or path.endswith("CMakeLists.txt"):
            continue
        name = name or path
        if not any(name.startswith(role) if role.endswith("/") else _pattern(role, service).match(name)
                   for role in roles):
            found.append(f"services/{service}/{path}: no role of {room if slash else 'a service'} is called so")
    return found


def lone_files(service, files):
    """Headers with logic but no source, and sources without a header."""
    found = []
    for path in files:
        stem, dot, ending = path.rpartition(".")
        room, _, name = path.rpartition("/")
        if ending == "cc" and f"{stem}.h" not in files:
            if not (SOURCE_ONLY.match(name) and room in ("rpc", "")):
                found.append(f"services/{service}/{path}: a source without a header")
        if ending == "h" and f"{stem}.cc" not in files and not HEADER_ONLY.match(name):
            found.append(f"services/{service}/{path}: a header without a source")
    return found
