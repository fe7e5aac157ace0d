"""Writes crm/pipeline/methods.h: which method a request belongs to, and what is known of it.
Usage: generate.py FILE"""

import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import methods as methods_of  # noqa: E402

HEAD = """// Made from the protos by clients/cpp_package/generate.py.
#pragma once

#include <absl/time/time.h>

#include <string>

{includes}
#include "crm/pipeline/settings.h"

namespace crm::pipeline {{

template <class Request>
struct MethodOf;  // Response, kServer, kDeadline, Path(), FillIds(), Items() of lists

template <class Request>
using ResponseOf = typename MethodOf<Request>::Response;

// A fresh request id: a UUIDv7.
std::string NewRequestId();

inline constexpr const char* kServices[] = {{
{services}}};
"""

METHOD = """
// {summary}.
template <>
struct MethodOf<crm::{package}::v1::{request}> {{
  using Request = crm::{package}::v1::{request};
  using Response = crm::{package}::v1::{response};
{server}  static constexpr absl::Duration kDeadline = absl::Seconds({seconds});
  static const std::string& Path() {{
    static const std::string path = "{path}";
    return path;
  }}
{ids}{items}}};
"""

NO_IDS = "  static void FillIds(Request&) {}\n"
ONE_ID = """  static void FillIds(Request& request) {
    if (request.request_id().empty()) request.set_request_id(NewRequestId());
  }
"""
EACH_ID = """  static void FillIds(Request& request) {{
    for (auto& each : *request.mutable_{ids}()) {{
      if (each.request_id().empty()) each.set_request_id(NewRequestId());
    }}
  }}
"""
ITEMS = "  static const auto& Items(const Response& page) {{ return page.{items}(); }}\n"


def method(each):
    ids = {"": NO_IDS, "request_id": ONE_ID}.get(each.ids) or EACH_ID.format(ids=each.ids)
    server = "" if len(each.servers) > 1 else \
        f"  static constexpr Server kServer = Server::k{each.servers[0].capitalize()};\n"
    return METHOD.format(summary=each.summary or each.method, package=each.package, request=each.request,
                         response=each.response, seconds=each.seconds, path=each.path, server=server, ids=ids,
                         items=ITEMS.format(items=each.items) if each.items else "")


def main():
    known = methods_of.load_methods()
    includes = "\n".join(f'#include "{name[:-len(".proto")]}.pb.h"' for name in methods_of.protos()
                         if name.split("/")[1] != "error")
    services = "".join(f'    "crm.{package}.v1.{service}",\n' for package, service in
                       sorted({(each.package, each.service) for each in known}))
    text = HEAD.format(includes=includes, services=services) + "".join(method(each) for each in known)
    pathlib.Path(sys.argv[1]).write_text(text + "\n}  // namespace crm::pipeline\n")


main()
