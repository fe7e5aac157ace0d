"""Who may include whom. Every folder of sources has a row; what no row allows is forbidden."""

import re

# Libraries, by the beginning of the include. What matches none is taken for the standard library
# if it has no slash, or is a system header of the kind below.
LIBRARIES = {
    "absl": r"absl/",
    "cli": r"CLI/",
    "csv": r"csv\.h$",
    "fmt": r"fmt/",
    "grpc": r"grpc(pp)?/",
    "hiredis": r"hiredis/",
    "icu": r"unicode/",
    "json": r"nlohmann/",
    "openssl": r"openssl/",
    "phonenumber": r"phonenumbers/",
    "pqxx": r"pqxx/",
    "prometheus": r"prometheus/",
    "protobuf": r"google/protobuf/",
    "rapidjson": r"rapidjson/",
    "spdlog": r"spdlog/",
    "system": r"(sys|netinet|arpa|net|linux)/|(unistd|malloc|pthread|signal|poll|fcntl|netdb|pwd|grp)\.h$",
}

# folder of common/ -> (folders of common/ it may include, libraries beside std and Abseil, protos).
# A word with ".h" allows that header alone.
COMMON = {
    "base": ("", "icu openssl", ""),
    "error": ("", "", ""),
    "occasion": ("base error", "", ""),
    "listing": ("base", "", ""),
    "config": ("base", "cli", ""),
    "log": ("base", "spdlog system", ""),
    "metrics": ("base", "prometheus", ""),
    "lifecycle": ("base log", "system", ""),
    "pg": ("base error log metrics", "pqxx system", ""),
    "redis": ("base", "hiredis", ""),
    "rpc": ("base error listing log metrics", "grpc protobuf json system",
            "crm/type google/rpc"),
    "event": ("base error log metrics pg redis", "", ""),
    # The one folder of common that knows the CRM's words.
    "stage": ("base error pg redis event", "protobuf rapidjson", "crm/event crm/type"),
    "idempotency": ("base error log metrics pg", "", ""),
    "aggregate": ("base error listing log metrics pg stage idempotency", "json", ""),
    # What a service's process is put together from; it joins what the others keep apart.
    "serving": ("base error listing config log metrics lifecycle pg redis rpc event stage idempotency aggregate",
                "grpc protobuf json system", "crm/event crm/type google/rpc"),
}

_SHARED_PROTOS = "crm/type crm/event google/rpc"

# The ports of common/aggregate, without their PostgreSQL.
_PORTS = "aggregate/batch.h aggregate/repository.h idempotency/request.h"

# layer of a service -> (folders of common/, layers of the same service, libraries, protos).
# {own} is the service's own proto package. A layer not named here is a flow.
SERVICE = {
    "domain": ("base error occasion", "domain", "", ""),
    "store": ("base error listing log metrics pg idempotency stage aggregate", "domain store",
              "json", ""),
    "rpc": ("base error listing log metrics rpc serving/batch_read.h serving/batch_write.h "
            "serving/list_page.h " + _PORTS, "domain store rpc flow",
            "grpc protobuf json", "crm/{own} " + _SHARED_PROTOS),
    "flow": ("base error log metrics rpc event stage " + _PORTS, "domain store flow",
             "grpc protobuf phonenumber json",
             "crm/contact crm/lead crm/opportunity " + _SHARED_PROTOS),
}

_ALL_PROTOS = "crm google/rpc"

# folder of clients/ -> (folders of common/, folders of clients/, libraries, protos)
CLIENTS = {
    "cpp": ("base error rpc log", "cpp", "grpc protobuf json system", _ALL_PROTOS),
    "crmctl": ("base error rpc log config lifecycle redis", "cpp crmctl",
               "grpc protobuf json csv cli fmt system", _ALL_PROTOS),
    "examples": ("base error log config lifecycle", "cpp examples", "grpc protobuf json system",
                 _ALL_PROTOS),
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


def _allowed_prefixes(path):
    """The repository prefixes and libraries that `path` may include, or None without a row."""
    top, first, rest = (path.split("/", 2) + ["", ""])[:3]
    if top == "common":
        if first not in COMMON:
            return None
        commons, libraries, protos = COMMON[first]
        prefixes = _common_prefixes(_words(commons) | {first})
    elif top == "services":
        layer = _layer(rest)
        if layer == "main":
            everything = {"common/", f"services/{first}/", "crm/", "google/rpc/"}
            return everything, set(LIBRARIES)
        commons, layers, libraries, protos = SERVICE[layer]
        prefixes = _common_prefixes(_words(commons))
        prefixes |= {f"services/{first}/{name}/" for name in _words(layers) - {"flow"}}
        if "flow" in _words(layers):
            prefixes.add(f"services/{first}/<flow>/")
        protos = protos.format(own=first)
    else:
        if first not in CLIENTS:
            return None
        commons, clients, libraries, protos = CLIENTS[first]
        prefixes = _common_prefixes(_words(commons))
        prefixes |= {f"clients/{name}/" for name in _words(clients)}
    prefixes |= {f"{proto}/" for proto in _words(protos)}
    return prefixes, _words(libraries) | {"absl"}


def _is_own_flow(path, include):
    service = "/".join(path.split("/")[:2]) + "/"
    return include.startswith(service) and _layer(include[len(service):]) == "flow"


def problem(path, include):
    """Why `path` (from the repository's root) may not include `include`, or None."""
    allowed = _allowed_prefixes(path)
    if allowed is None:
        return f"{path}: its folder has no row in directions.py"
    prefixes, libraries = allowed
    library = _library(include)
    if library:
        return None if library in libraries else f"{path} may not include <{include}>"
    if "/" not in include:
        if include.endswith(".h") and not re.fullmatch(r"(std\w+|string|errno|time|math)\.h", include):
            return f"{path} must include \"{include}\" by its path from the repository's root"
        return None
    if any(include.startswith(prefix) for prefix in prefixes):
        return None
    if f"{'/'.join(path.split('/')[:2])}/<flow>/" in prefixes and _is_own_flow(path, include):
        return None
    return f"{path} may not include \"{include}\""
