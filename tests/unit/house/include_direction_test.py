"""The law of who may include whom holds, and would be noticed if it did not."""

import pathlib
import re
import sys
import unittest

import directions

ROOT = pathlib.Path(sys.argv.pop(1) if len(sys.argv) > 1 else __file__).resolve()
if ROOT.is_file():
    ROOT = ROOT.parents[3]

INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.MULTILINE)


def sources():
    for top in ("common", "services", "clients"):
        for path in sorted((ROOT / top).rglob("*")):
            if path.suffix in (".h", ".cc"):
                yield path


def includes():
    """Every file (from the repository's root) with each header that it includes."""
    for path in sources():
        for include in INCLUDE.findall(path.read_text(encoding="utf-8")):
            yield path.relative_to(ROOT).as_posix(), include


class TheTree(unittest.TestCase):
    def test_keeps_the_directions(self):
        problems = [found for found in (directions.problem(*pair) for pair in includes()) if found]
        self.assertEqual([], problems, "\n" + "\n".join(problems))

    def test_uses_all_that_the_rows_allow(self):
        allowed, used = {}, {}
        for path, include in includes():
            row = directions.row(path)
            if row is None or row[1] == "main":
                continue
            service = path.split("/")[1] if row[0] == "services" else None
            # One row is for all services: what one of them uses is used.
            general = lambda name: name.replace(f"services/{service}/", "services/*/")
            allowed.setdefault(row, set()).update(map(general, directions.permissions(path)))
            used.setdefault(row, set()).add(general(directions.permission(path, include) or ""))
        for (top, kind), names in sorted(allowed.items()):
            with self.subTest(f"{top}/{kind}"):
                own = {"absl", f"{top}/{kind}/", f"services/*/{kind}/"}
                self.assertEqual(set(), names - used[top, kind] - own)

    def test_is_not_empty(self):
        self.assertGreater(len(list(sources())), 10)


class TheTable(unittest.TestCase):
    def assert_forbidden(self, path, include):
        found = directions.problem(path, include)
        self.assertIsNotNone(found, f"{path} -> {include}")
        self.assertIn(path, found)

    def assert_allowed(self, path, include):
        self.assertIsNone(directions.problem(path, include))

    def test_domain_sees_only_std_abseil_base_and_error(self):
        path = "services/lead/domain/lead.h"
        for include in ("string", "vector", "absl/time/time.h", "common/base/uuid.h",
                        "common/error/error.h", "services/lead/domain/stage.h"):
            self.assert_allowed(path, include)
        for include in ("common/pg/pool.h", "common/log/log.h", "services/lead/store/rows.h",
                        "crm/lead/v1/lead.pb.h", "pqxx/pqxx", "grpcpp/grpcpp.h", "unistd.h",
                        "google/protobuf/message.h", "services/lead/rpc/service.h"):
            self.assert_forbidden(path, include)

    def test_a_service_never_includes_another(self):
        for layer in ("domain/a.h", "store/a.cc", "rpc/a.cc", "conversion/a.cc", "main.cc"):
            self.assert_forbidden(f"services/lead/{layer}", "services/contact/domain/contact.h")

    def test_store_sees_domain_and_pg_but_no_rpc(self):
        path = "services/contact/store/contacts.cc"
        self.assert_allowed(path, "services/contact/domain/contact.h")
        self.assert_allowed(path, "common/pg/pool.h")
        self.assert_allowed(path, "common/idempotency/ledger.h")
        self.assert_forbidden(path, "common/rpc/server.h")
        self.assert_forbidden(path, "services/contact/rpc/service.h")
        self.assert_forbidden(path, "crm/contact/v1/contact.pb.h")

    def test_rpc_sees_its_own_stubs_and_flows_only(self):
        path = "services/lead/rpc/lead_service.cc"
        self.assert_allowed(path, "crm/lead/v1/lead.pb.h")
        self.assert_allowed(path, "services/lead/conversion/saga.h")
        self.assert_forbidden(path, "crm/contact/v1/contact.pb.h")
        self.assert_forbidden(path, "common/pg/pool.h")
        self.assert_forbidden(path, "pqxx/pqxx")

    def test_rpc_sees_the_ports_of_aggregates_but_not_their_storage(self):
        path = "services/lead/rpc/lead_service.cc"
        self.assert_allowed(path, "common/aggregate/repository.h")
        self.assert_allowed(path, "common/serving/batch_write.h")
        self.assert_forbidden(path, "common/aggregate/pg_repository.h")
        self.assert_forbidden(path, "common/serving/program.h")

    def test_a_flow_meets_neighbours_through_their_stubs(self):
        path = "services/lead/conversion/grpc_opportunity_opener.cc"
        self.assert_allowed(path, "crm/opportunity/v1/opportunity_service.grpc.pb.h")
        self.assert_forbidden(path, "services/lead/rpc/lead_service.h")

    def test_pg_redis_and_rpc_do_not_know_each_other(self):
        for one in ("pg", "redis", "rpc"):
            for other in {"pg", "redis", "rpc"} - {one}:
                self.assert_forbidden(f"common/{one}/a.h", f"common/{other}/b.h")
            self.assert_allowed("common/event/a.h", "common/pg/a.h")
        self.assert_forbidden("common/base/a.h", "common/error/error.h")
        self.assert_forbidden("common/error/a.h", "common/base/uuid.h")
        self.assert_forbidden("common/redis/a.h", "pqxx/pqxx")

    def test_events_are_bytes_to_all_but_stage(self):
        self.assert_forbidden("common/event/relay.h", "common/stage/envelope.h")
        self.assert_forbidden("common/event/relay.h", "crm/event/v1/stage_event.pb.h")
        self.assert_forbidden("common/event/relay.h", "google/protobuf/message.h")
        self.assert_allowed("common/stage/envelope.h", "common/event/entry_format.h")

    def test_common_knows_no_service_and_no_client(self):
        self.assert_forbidden("common/rpc/a.h", "services/lead/domain/lead.h")
        self.assert_forbidden("common/rpc/a.h", "clients/cpp/channel.h")

    def test_clients_see_no_service(self):
        self.assert_forbidden("clients/cpp/a.h", "services/lead/domain/lead.h")
        self.assert_forbidden("clients/crmctl/a.h", "common/pg/pool.h")
        self.assert_allowed("clients/crmctl/main.cc", "clients/cpp/channel.h")

    def test_main_sees_all_of_its_service(self):
        for include in ("services/lead/rpc/a.h", "common/pg/pool.h", "pqxx/pqxx"):
            self.assert_allowed("services/lead/main.cc", include)

    def test_includes_begin_at_the_root(self):
        self.assert_forbidden("common/pg/pool.cc", "pool.h")

    def test_a_new_folder_needs_a_row(self):
        self.assert_forbidden("common/surprise/a.h", "string")


if __name__ == "__main__":
    unittest.main()
