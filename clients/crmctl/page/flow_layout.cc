#include "clients/crmctl/page/flow_layout.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace crm::crmctl {
namespace {

constexpr double kLeast = 1;  // pixels, of what is there

// A place in a column: a node's, or that of a link which passes.
struct Slot {
  bool passes = false;
  size_t index = 0;  // of the node or link
  double value = 0;
  double start = 0;
};

class FlowPlan {
 public:
  FlowPlan(const std::vector<FlowNode>& nodes, const std::vector<FlowLink>& links,
           const FlowSpace& space)
      : nodes_(nodes), links_(links), space_(space) {
    layout_.nodes.resize(nodes.size());
    layout_.links.resize(links.size());
  }

  FlowLayout Make() {
    SumValues();
    FillColumns();
    PlaceColumns();
    Attach(true);
    Attach(false);
    return std::move(layout_);
  }

 private:
  bool IsBack(const FlowLink& link) const {
    return nodes_[link.to].column <= nodes_[link.from].column;
  }
  double SizeOf(double value) const { return value > 0 ? std::max(value * scale_, kLeast) : 0; }

  void SumValues() {
    std::vector<double> in(nodes_.size());
    std::vector<double> out(nodes_.size());
    for (const FlowLink& link : links_) {
      out[link.from] += link.value;
      in[link.to] += link.value;
    }
    for (size_t i = 0; i < nodes_.size(); ++i) layout_.nodes[i].value = std::max(in[i], out[i]);
  }

  void FillColumns() {
    for (size_t i = 0; i < nodes_.size(); ++i) {
      columns_[nodes_[i].column].push_back({false, i, layout_.nodes[i].value});
    }
    for (size_t i = 0; i < links_.size(); ++i) {
      const size_t last = nodes_[links_[i].to].column;
      for (size_t column = nodes_[links_[i].from].column + 1; column < last; ++column) {
        columns_[column].push_back({true, i, links_[i].value});
      }
    }
    for (auto& [column, slots] : columns_) {
      std::sort(slots.begin(), slots.end(),
                [this](const Slot& a, const Slot& b) { return KeyOf(a) < KeyOf(b); });
    }
  }

  // What passes stands where its end stands; of one end, what comes from afar stands further out.
  std::tuple<int, size_t, size_t> KeyOf(const Slot& slot) const {
    if (!slot.passes) return {nodes_[slot.index].order, 0, slot.index};
    const FlowLink& link = links_[slot.index];
    return {nodes_[link.to].order, nodes_[link.from].column + 1, slot.index};
  }

  void PlaceColumns() {
    double most = 0;
    size_t slots_most = 1;
    for (const auto& [column, slots] : columns_) {
      double sum = 0;
      for (const Slot& slot : slots) sum += slot.value;
      most = std::max(most, sum);
      slots_most = std::max(slots_most, slots.size());
    }
    const double gap = std::min(space_.gap, space_.extent * 0.4 / static_cast<double>(slots_most));
    const double room = space_.extent - gap * static_cast<double>(slots_most - 1);
    scale_ = most > 0 ? room / most : 0;
    for (auto& [column, slots] : columns_) {
      double across = 0;
      for (Slot& slot : slots) {
        slot.start = across;
        across += SizeOf(slot.value) + gap;
        layout_.end = std::max(layout_.end, across - gap);
        if (slot.passes) continue;
        PlacedNode& node = layout_.nodes[slot.index];
        node.start = {static_cast<double>(column) * space_.step, slot.start};
        node.size = SizeOf(slot.value);
      }
    }
  }

  // Where the link stands in `column`: its slot there, or the node at its end.
  double AcrossIn(size_t column, size_t link, size_t node) const {
    if (nodes_[node].column != column) {
      for (const Slot& slot : columns_.at(column)) {
        if (slot.passes && slot.index == link) return slot.start;
      }
    }
    return layout_.nodes[node].start.across;
  }

  // Gives links their places on the sides of their nodes; those that lead back are the last.
  void Attach(bool leaving) {
    for (size_t node = 0; node < nodes_.size(); ++node) {
      std::vector<std::tuple<bool, double, size_t>> order;
      for (size_t i = 0; i < links_.size(); ++i) {
        const FlowLink& link = links_[i];
        if ((leaving ? link.from : link.to) != node) continue;
        const bool back = IsBack(link);
        const size_t column = nodes_[node].column;
        const size_t other = leaving ? link.to : link.from;
        const double across = back ? 0 : AcrossIn(leaving ? column + 1 : column - 1, i, other);
        order.emplace_back(back, across, i);
      }
      std::sort(order.begin(), order.end());
      double across = layout_.nodes[node].start.across;
      for (const auto& [back, other, i] : order) {
        const double size = SizeOf(links_[i].value);
        AddPoint(i, node, leaving, across + size / 2);
        across += links_[i].value * scale_;
      }
    }
  }

  void AddPoint(size_t index, size_t node, bool leaving, double across) {
    PlacedLink& link = layout_.links[index];
    const double along = layout_.nodes[node].start.along + (leaving ? space_.thickness : 0);
    link.size = SizeOf(links_[index].value);
    link.back = IsBack(links_[index]);
    if (!leaving && !link.back) {
      const size_t last = nodes_[links_[index].to].column;
      for (size_t column = nodes_[links_[index].from].column + 1; column < last; ++column) {
        const double middle = AcrossIn(column, index, links_[index].to) + link.size / 2;
        const double begin = static_cast<double>(column) * space_.step;
        link.points.push_back({begin, middle});
        link.points.push_back({begin + space_.thickness, middle});
      }
    }
    link.points.push_back({along, across});
  }

  const std::vector<FlowNode>& nodes_;
  const std::vector<FlowLink>& links_;
  const FlowSpace& space_;
  std::map<size_t, std::vector<Slot>> columns_;
  double scale_ = 0;
  FlowLayout layout_;
};

}  // namespace

FlowLayout LayOutFlow(const std::vector<FlowNode>& nodes, const std::vector<FlowLink>& links,
                      const FlowSpace& space) {
  return FlowPlan(nodes, links, space).Make();
}

}  // namespace crm::crmctl
