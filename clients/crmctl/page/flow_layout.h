#pragma once

#include <cstddef>
#include <string>
#include <vector>

// Where the nodes and links of a Sankey diagram lie.
namespace crm::crmctl {

struct FlowNode {
  std::string label;
  size_t column = 0;  // from 0, along the way
  std::string shade;
  int order = 0;  // within its column, and of links to it that pass others; ascending
};

struct FlowLink {
  size_t from = 0;  // places of nodes
  size_t to = 0;
  double value = 0;
};

// Along the way and across it; whoever draws says which of them is x.
struct FlowPoint {
  double along = 0;
  double across = 0;
};

// `column`s are `step` apart, nodes `thickness` thick; what lies across has `extent`.
struct FlowSpace {
  double step = 0;
  double thickness = 0;
  double extent = 0;
  double gap = 0;
};

struct PlacedNode {
  FlowPoint start;
  double size = 0;  // across
  double value = 0;
};

// The middle of a link: from the end of its first node, through pairs of points between the nodes
// that it passes, to the beginning of its last one. A link that leads back has two points alone.
struct PlacedLink {
  std::vector<FlowPoint> points;
  double size = 0;
  bool back = false;  // to its own column or an earlier one
};

struct FlowLayout {
  std::vector<PlacedNode> nodes;
  std::vector<PlacedLink> links;
  double end = 0;  // across: where the last of them ends
};

// A node is as wide as what enters it or leaves it, whichever is more. Links that pass a column
// have a place in it, so that they cross no node; links beside each other cross as little as the
// order of the nodes lets them.
FlowLayout LayOutFlow(const std::vector<FlowNode>& nodes, const std::vector<FlowLink>& links,
                      const FlowSpace& space);

}  // namespace crm::crmctl
