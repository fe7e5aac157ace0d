#include "common/aggregate/number_lists.h"

#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <utility>

namespace crm::aggregate {

// Gets the tokens from RapidJSON. False stops the reading.
class NumberLists::Handler : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, Handler> {
 public:
  bool Default() { return false; }

  bool StartArray() {
    if (++depth_ == 2 && lists_.ends_.empty()) lists_.head_ = lists_.numbers_.size();
    return depth_ <= 2;
  }
  bool EndArray(rapidjson::SizeType) {
    if (depth_-- == 2) {
      lists_.ends_.push_back(lists_.numbers_.size());
    } else if (lists_.ends_.empty()) {
      lists_.head_ = lists_.numbers_.size();
    }
    return true;
  }
  bool String(const char*, rapidjson::SizeType, bool) { return depth_ == 2 && Int64(0); }
  bool Int(int number) { return Int64(number); }
  bool Uint(unsigned number) { return Int64(number); }
  bool Int64(int64_t number) {
    lists_.numbers_.push_back(number);
    return depth_ == 2 || (depth_ == 1 && lists_.ends_.empty());
  }
  bool Uint64(uint64_t number) {
    return std::in_range<int64_t>(number) && Int64(static_cast<int64_t>(number));
  }

  NumberLists& lists() { return lists_; }

 private:
  NumberLists lists_;
  int depth_ = 0;
};

std::optional<NumberLists> NumberLists::FromJson(absl::string_view text) {
  rapidjson::MemoryStream stream(text.data(), text.size());
  rapidjson::Reader reader;
  Handler handler;
  if (reader.Parse(stream, handler).IsError()) return std::nullopt;
  // To RapidJSON a NUL is the end, whatever comes after it.
  if (stream.Tell() != text.size()) return std::nullopt;
  return std::move(handler.lists());
}

}  // namespace crm::aggregate
