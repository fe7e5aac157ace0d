#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <memory>
#include <utility>

namespace crm::base {

// Elements that one thread adds, at most `most`, while any others use those that are there. None
// moves or goes before the end.
template <class T, int most>
class Growing {
 public:
  static constexpr int kMost = most;

  void Add(std::unique_ptr<T> element) {
    const int at = size();
    elements_[static_cast<size_t>(at)] = std::move(element);
    size_.store(at + 1, std::memory_order_release);
  }

  int size() const { return size_.load(std::memory_order_acquire); }
  T& operator[](int at) const { return *elements_[static_cast<size_t>(at)]; }

  template <class Do>
  void ForEach(const Do& act) const {
    for (int at = 0; at < size(); ++at) act((*this)[at]);
  }

 private:
  std::array<std::unique_ptr<T>, static_cast<size_t>(most)> elements_;
  std::atomic<int> size_ = 0;
};

}  // namespace crm::base
