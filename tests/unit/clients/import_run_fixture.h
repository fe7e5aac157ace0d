#pragma once

#include <string>
#include <vector>

#include "clients/crmctl/import/import_run.h"
#include "tests/unit/clients/fake_services.h"
#include "tests/unit/clients/import_fixture.h"

namespace crm::crmctl {

// What became of a file, with what was told of its rows.
struct ToldOutcome : FileOutcome {
  std::vector<Rejected> rejected, warnings;
};

// Imports into services in memory.
class ImportRunTest : public ImportTest {
 protected:
  ImportRunTest() {
    Companies("Acme,12,1.5,Mother\nMother,,,\n");
    Deals(
        "D1,Ann,GTXPro,Acme,Won,2025-01-02,2025-03-04,1054\n"
        "D2,Ben,X,Mother,Lost,2025-01-02,2025-02-01,\n"
        "D3,Ben,X,,Open,2025-01-05,,\n"
        "D4,Ann,X,,Talk,,,\n");
  }

  // Imports everything; returns the outcomes.
  std::vector<ToldOutcome> Import(const std::function<bool()>& stop = [] { return false; }) {
    const auto files = Open();
    EXPECT_TRUE(files.ok()) << files.status();
    client::AsyncCalls calls(
        *client::Channels::Make(fake_.addresses(), client::Channels::Retries::kNone),
        client::Caller{.tenant = "acme"},
        client::RetryPolicy{.first_delay = absl::Milliseconds(1),
                            .longest_delay = absl::Milliseconds(5),
                            .total = absl::Seconds(10)});
    RejectsWriter rejects(folder_ + "/rejects.csv", mapping_);
    ImportRun run(mapping_, ids_, files->get(), &calls,
                  {.in_flight = 3, .give_up = give_up_, .rejects = &rejects});
    status_ = run.Run([&](const ImportRun&) { return stop(); });
    EXPECT_TRUE(rejects.Flush().ok());
    stopped_ = run.stopped();
    outage_ = run.outage();
    std::vector<ToldOutcome> told;
    for (FileOutcome& outcome : run.TakeOutcomes()) {
      ToldOutcome& each = told.emplace_back();
      static_cast<FileOutcome&>(each) = std::move(outcome);
      const auto take = [](std::vector<Rejected>* to) {
        return [to](const RowLog::Entry& entry) { to->push_back({entry.line, entry.reason}); };
      };
      each.log->ForEachFailure(take(&each.rejected));
      each.log->ForEachWarning(take(&each.warnings));
    }
    return told;
  }

  // The whole of what the services hold.
  std::string Held() {
    std::string text;
    for (const auto& [name, each] : fake_.contacts) text += each.ShortDebugString();
    for (const auto& [name, each] : fake_.leads) text += each.ShortDebugString();
    for (const auto& [name, each] : fake_.opportunities) text += each.ShortDebugString();
    return text;
  }

  void ExpectComplete() {
    EXPECT_EQ(fake_.contacts.size(), 4u);
    EXPECT_EQ(fake_.leads.size(), 4u);
    EXPECT_EQ(fake_.opportunities.size(), 3u);
    int won = 0, lost = 0;
    for (const auto& [name, each] : fake_.opportunities) {
      won += each.stage_type() == opportunity::v1::STAGE_TYPE_WON &&
             each.amount().amount_minor() == 105400;
      lost += each.stage_type() == opportunity::v1::STAGE_TYPE_LOST;
    }
    EXPECT_EQ(won, 1);
    EXPECT_EQ(lost, 1);
  }

  client::FakeServices fake_;
  absl::Status status_;
  bool stopped_ = false;
  absl::Duration give_up_ = absl::Seconds(30);
  absl::Status outage_;
};

}  // namespace crm::crmctl
