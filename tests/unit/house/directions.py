"""Who may include whom. Every folder of sources has a row; what no row allows is forbidden."""

import re

# Libraries, by the beginning of the include. What matches none is taken for the standard library
# if it has no slash, or is a system header of the kind below.
LIBRARIES = {
    "absl": r"absl/",
    "cli": r"CLI/",
    "csv": r"csv\.h$",
    "curl": r"curl/",
    "fmt": r"fmt/",
    "grpc": r"grpc(pp)?/",
    "hiredis": r"hiredis/",
    "icu": r"unicode/",
    "idn": r"idn2\.h$",
    "json": r"nlohmann/",
    "openssl": r"openssl/",
    "opentelemetry": r"opentelemetry/",
    "phonenumber": r"phonenumbers/",
    "pq": r"libpq-fe\.h$",
    "pqxx": r"pqxx/",
    "prometheus": r"prometheus/",
    "protobuf": r"google/protobuf/",
    "rhonabwy": r"rhonabwy\.h$",
    "rapidjson": r"rapidjson/",
    "spdlog": r"spdlog/",
    "yaml": r"yaml-cpp/",
    "system": r"(sys|netinet|arpa|net|linux)/|(unistd|malloc|pthread|signal|poll|fcntl|netdb|pwd|grp|sched)\.h$",
}

# folder of common/ -> (folders of common/ it may include, libraries beside std and Abseil, protos).
# A word with ".h" allows that header alone. A word that no file needs any more must go.
COMMON = {
    "base": ("", "icu openssl", ""),
    "error": ("", "", ""),
    "address": ("base", "idn", ""),
    "trace": ("", "", ""),
    "failpoint": ("", "system", ""),
    "otlp": ("base log trace", "opentelemetry", ""),
    "occasion": ("base error", "", ""),
    "report": ("", "", ""),
    "auth": ("base error lifecycle log metrics", "json rhonabwy", ""),
    "listing": ("base", "", ""),
    "config": ("", "cli system", ""),
    "log": ("base", "spdlog system", ""),
    "metrics": ("", "prometheus system", ""),
    "lifecycle": ("base log", "system", ""),
    "tls": ("base lifecycle log metrics", "grpc openssl system", ""),
    "pg": ("base error failpoint metrics trace", "pq pqxx system", ""),
    "redis": ("base", "hiredis system", ""),
    "rpc": ("auth base error listing log metrics report trace", "grpc protobuf json", "google/rpc crm/auth"),
    "event": ("base error failpoint log metrics pg redis trace", "", ""),
    # The one folder of common that knows the CRM's words.
    "stage": ("base error pg redis event trace", "json protobuf rapidjson", "crm/event"),
    # The end of a service's log, for any number of subscribers.
    "feed": ("base error log metrics pg redis event stage", "", "crm/event"),
    "idempotency": ("base error pg", "", ""),
    # What more than one service asks a neighbour, and how its calls wait for the answer.
    "neighbours": ("base error rpc serving/batch_write.h", "grpc", "crm/contact crm/lead"),
    "aggregate": ("base error listing pg stage idempotency", "json rapidjson", ""),
    # Who was shown personal data; told by rpc, which does not know that there is a database.
    "access": ("base listing log metrics pg aggregate rpc/access_sink.h", "", ""),
    # Events sent to URLs that tenants name.
    "webhook": ("base error listing log metrics pg aggregate event feed idempotency stage", "curl openssl system", "crm/event"),
    # What a service's process is put together from; it joins what the others keep apart.
    "serving": ("auth base error occasion listing config log metrics lifecycle pg redis rpc event stage feed idempotency "
                "aggregate access trace otlp tls webhook", "grpc system", "crm/event crm/audit"),
}

# layer of a service -> (folders of common/, layers of the same service, libraries, protos).
# {own} is the service's own proto package. A layer not named here is a flow.
SERVICE = {
    "domain": ("address base error occasion report", "domain", "", ""),
    "store": ("base error listing pg idempotency report stage aggregate", "domain store", "", ""),
    # Of common/aggregate the ports, without their PostgreSQL.
    "rpc": ("address base error listing report rpc aggregate/repository.h serving/batch_read.h "
            "serving/batch_write.h serving/changes.h serving/list_page.h serving/page_bytes.h "
            "serving/requests.h serving/revisions.h neighbours/contact_directory.h "
            "neighbours/confirmed_creates.h neighbours/lead_directory.h neighbours/claimed_leads.h",
            "domain store rpc flow", "", "crm/{own}"),
    "flow": ("base error failpoint log metrics lifecycle rpc event stage aggregate/repository.h "
             "idempotency/request.h",
             "domain store flow", "grpc phonenumber",
             "crm/opportunity crm/contact crm/event"),
}

# folder of clients/ -> (folders of common/, folders of clients/, libraries, protos)
CLIENTS = {
    "cpp": ("base error rpc", "cpp", "grpc protobuf", "crm"),
    "cpp_package": ("", "cpp_package", "grpc protobuf", "crm google/rpc"),
    "events": ("base redis", "cpp events", "protobuf", "crm"),
    "crmctl": ("address base error rpc lifecycle redis tls/credentials.h", "cpp crmctl", "protobuf json csv icu cli yaml system", "crm"),
    "examples": ("base tls/credentials.h", "cpp", "", ""),
}


def _library(include):
    for name, pattern in LIBRARIES.items():
        if re.match(pattern, include):
            return name
    return None


def _layer(service_path):
    """'domain/lead.h' -> 'domain', 'conversion/saga.h' -> 'flow', 'main.cc' -> 'main'."""
    folder, slash, _ = service_path.partition("/")
    if not slash:
        return "main"
    return folder if folder in SERVICE else "flow"


def _common_prefixes(names):
    return {f"common/{name}" if name.endswith(".h") else f"common/{name}/" for name in names}


def _words(text):
    return set(text.split())


def row(path):
    """Which row is for `path` (from the repository's root); None if there is none."""
    top, first, rest = (path.split("/", 2) + ["", ""])[:3]
    if top == "services":
        return (top, _layer(rest))
    table = {"common": COMMON, "clients": CLIENTS}[top]
    return (top, first) if first in table else None


def permissions(path):
    """What the row of `path` allows: prefixes of the repository's headers, names of libraries."""
    top, kind = row(path)
    first = path.split("/")[1]
    if kind == "main":
        return {"common/", f"services/{first}/", "crm/", "google/rpc/"} | set(LIBRARIES)
    if top == "common":
        commons, libraries, protos = COMMON[kind]
        prefixes = _common_prefixes(_words(commons) | {first})
    elif top == "services":
        commons, layers, libraries, protos = SERVICE[kind]
        prefixes = _common_prefixes(_words(commons))
        prefixes |= {f"services/{first}/{name}/" for name in _words(layers)}
    else:
        commons, clients, libraries, protos = CLIENTS[kind]
        prefixes = _common_prefixes(_words(commons))
        prefixes |= {f"clients/{name}/" for name in _words(clients)}
    prefixes |= {f"{proto}/" for proto in _words(protos.format(own=first))}
    return prefixes | _words(libraries) | {"absl"}


def _by_layer(include):
    """A header of a service by its layer: services/lead/conversion/a.h -> services/lead/flow/a.h."""
    top, service, rest = (include.split("/", 2) + ["", ""])[:3]
    if top != "services" or _layer(rest) != "flow":
        return include
    return f"services/{service}/flow/{rest.partition('/')[2]}"


def permission(path, include):
    """The one of permissions(path) by which `path` may include `include`, or None."""
    library = _library(include)
    if library:
        return library if library in permissions(path) else None
    name = _by_layer(include)
    return next((allowed for allowed in permissions(path)
                 if allowed in (name, include) or
                 allowed.endswith("/") and name.startswith(allowed)), None)


def problem(path, include):
    """Why `path` may not include `include`, or None."""
    if row(path) is None:
        return f"{path}: its folder has no row in directions.py"
    if "/" not in include and not _library(include):
        if include.endswith(".h") and not re.fullmatch(r"(std\w+|string|errno|time|math)\.h", include):
            return f"{path} must include \"{include}\" by its path from the repository's root"
        return None
    return None if permission(path, include) else f"{path} may not include \"{include}\""
