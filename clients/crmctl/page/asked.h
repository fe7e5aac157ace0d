#pragma once

#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>

#include <string>
#include <type_traits>
#include <vector>

#include "clients/cpp/client.h"
#include "clients/crmctl/message_fields.h"
#include "common/base/status.h"

namespace crm::crmctl {

// A question and what was answered.
template <class Question>
struct Asked {
  Question request;
  client::ResponseOf<Question> answer;
};

// Asks all questions of `figures`, one after the other; the first error is the result.
template <class Figures>
absl::Status AskAll(const client::Client& client, Figures& figures) {
  absl::Status status;
  Figures::ForEach(figures, [&](auto& asked) {
    if (!status.ok()) return;
    auto answer = client.Call(asked.request);
    status = base::StatusOf(answer);
    if (answer.ok()) asked.answer = *std::move(answer);
  });
  return status;
}

// The questions and answers of `figures` as JSON objects: {"service": …, "method": …, "request": …,
// "answer": …}, in the JSON of protobuf.
template <class Figures>
std::vector<std::string> QuestionsAsJson(const Figures& figures) {
  std::vector<std::string> questions;
  Figures::ForEach(figures, [&questions](const auto& asked) {
    using Question = std::decay_t<decltype(asked.request)>;
    const std::vector<std::string> path =
        absl::StrSplit(client::MethodOf<Question>::Path(), '/', absl::SkipEmpty());
    questions.push_back(absl::StrCat("{\"service\":\"", path[0], "\",\"method\":\"", path[1],
                                     "\",\n\"request\":", JsonOf(asked.request, false),
                                     ",\"answer\":", JsonOf(asked.answer, false), "}"));
  });
  return questions;
}

}  // namespace crm::crmctl
