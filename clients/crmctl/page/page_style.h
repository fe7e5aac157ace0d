#pragma once

namespace crm::crmctl {

// The style sheet of pages: light and dark, wide and narrow, on paper.
const char* PageStyle();

}  // namespace crm::crmctl
