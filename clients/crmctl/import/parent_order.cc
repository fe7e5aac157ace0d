#include <algorithm>

#include "clients/crmctl/import/record_feed.h"

namespace crm::crmctl {
namespace {

constexpr int kUnsolved = -1;
constexpr int kOnThePath = -2;
constexpr int kNowhere = -3;  // the parent is not known, or below

}  // namespace

void ParentOrder::Add(const base::Uuid& id, const base::Uuid& parent, const CsvRow& row) {
  if (!index_.Add(id, static_cast<int64_t>(nodes_.size()))) return;
  nodes_.push_back({parent, row.place, row.line, parent.IsNil() ? 0 : kUnsolved});
}

bool ParentOrder::Solve(const KnownRows& known, const std::function<bool()>& stop) {
  std::vector<size_t> path;
  for (size_t i = 0; i < nodes_.size(); ++i) {
    if (i % 4096 == 0 && stop && stop()) return false;
    SolveFrom(i, known, &path);
  }
  return true;
}

// Climbs to somebody whose level is known, and down again.
void ParentOrder::SolveFrom(size_t start, const KnownRows& known, std::vector<size_t>* path) {
  size_t at = start;
  int level = kNowhere;
  while (true) {
    Node& node = nodes_[at];
    if (node.level >= 0) level = node.level;
    if (node.level != kUnsolved) break;
    node.level = kOnThePath;
    path->push_back(at);
    if (known.Contains(node.parent)) {
      level = -1;  // its child is at 0
      break;
    }
    const std::optional<int64_t> parent = index_.Find(node.parent);
    if (!parent) break;
    at = static_cast<size_t>(*parent);
  }
  for (; !path->empty(); path->pop_back()) {
    if (level != kNowhere) ++level;
    nodes_[path->back()].level = level;
  }
}

std::optional<int> ParentOrder::LevelOf(const base::Uuid& id) const {
  const std::optional<int64_t> at = index_.Find(id);
  if (!at || nodes_[static_cast<size_t>(*at)].level < 0) return std::nullopt;
  return nodes_[static_cast<size_t>(*at)].level;
}

std::vector<ParentOrder::Place> ParentOrder::Later() const {
  std::vector<Place> later;
  for (const Node& node : nodes_) {
    if (node.level > 0) later.push_back({node.level, node.place, node.line});
  }
  std::stable_sort(later.begin(), later.end(),
                   [](const Place& a, const Place& b) { return a.level < b.level; });
  return later;
}

}  // namespace crm::crmctl
