#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/error/error.h"
#include "tests/contract/aggregate/backend.h"

namespace crm::testing {

using aggregate::Change;
using aggregate::Creation;
using aggregate::Key;

inline constexpr absl::Duration kPatience = absl::Seconds(20);

inline base::Uuid Id(uint64_t n) {
  return base::Uuid(0x0190'0000'0000'7000, 0x8000'0000'0000'0000 | n);
}

inline idempotency::Request RequestOf(uint64_t n, char body = 'a') {
  return {Id(1'000'000 + n), std::string(16, body)};
}

inline std::string Shown(const Note& note) {
  return absl::StrCat(note.text, " r", note.revision, " ", note.stage);
}

class RepositoryContract : public ::testing::TestWithParam<const char*> {
 protected:
  RepositoryContract() : backend_(MakeBackend(GetParam())), subject_(backend_->Make()) {}

  Creation<Note> NewNote(uint64_t id, const std::string& text, const std::string& label = "") {
    Creation<Note> creation;
    creation.aggregate.tenant = "acme";
    creation.aggregate.id = Id(id);
    creation.aggregate.text = text;
    creation.aggregate.label = label;
    MoveNote(creation.aggregate, "new", Id(5000 + next_event_++), backend_->clock.Now());
    creation.answer = Shown;
    return creation;
  }

  Change<Note> MoveTo(uint64_t id, const std::string& stage) {
    Change<Note> change;
    change.key = {"acme", Id(id)};
    const uint64_t event = 5000 + next_event_++;
    change.apply = [this, stage, event](Note& note) -> absl::Status {
      if (note.stage == stage) return error::StateInvalid("note", note.stage, "already there");
      MoveNote(note, stage, Id(event), backend_->clock.Now());
      return absl::OkStatus();
    };
    change.answer = Shown;
    return change;
  }

  Change<Note> Write(uint64_t id, const std::string& text) {
    Change<Note> change;
    change.key = {"acme", Id(id)};
    change.apply = [text](Note& note) {
      note.text = text;
      return absl::OkStatus();
    };
    change.answer = Shown;
    return change;
  }

  Change<Note> Label(uint64_t id, const std::string& label) {
    Change<Note> change = Write(id, "labelled " + label);
    change.apply = [label](Note& note) {
      note.label = label;
      note.text = "labelled " + label;
      return absl::OkStatus();
    };
    return change;
  }

  template <class... Item>
  void Create(Item&... items) {
    std::vector<Creation<Note>*> pointers{&items...};
    subject_.repository->Create(absl::MakeSpan(pointers), absl::Now() + kPatience);
  }
  template <class... Item>
  void Update(Item&... items) {
    std::vector<Change<Note>*> pointers{&items...};
    subject_.repository->Update(absl::MakeSpan(pointers), absl::Now() + kPatience);
  }
  std::string Stored(uint64_t id) {
    const Key key{"acme", Id(id)};
    const auto found =
        subject_.repository->Get(absl::MakeConstSpan(&key, 1), absl::Now() + kPatience);
    if (absl::IsNotFound(found[0].status())) return "none";
    return found[0].ok() ? Shown(*found[0]) : error::ReasonOf(found[0].status());
  }
  std::string Seed(uint64_t id, const std::string& label = "") {
    Creation<Note> creation = NewNote(id, "hello", label);
    Create(creation);
    return creation.outcome.ok() ? creation.outcome->bytes : creation.outcome.status().ToString();
  }

  std::unique_ptr<Backend> backend_;
  Subject subject_;
  std::atomic<uint64_t> next_event_{0};
};

}  // namespace crm::testing
