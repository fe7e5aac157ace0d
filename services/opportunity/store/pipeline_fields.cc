#include "services/opportunity/store/pipeline_fields.h"

#include "services/opportunity/store/pipeline_json.h"

namespace crm::opportunity {
namespace {

constexpr aggregate::Field<Pipeline> kFields[] = {
    aggregate::FieldOf<Pipeline, &Pipeline::slug>("slug"),
    aggregate::FieldOf<Pipeline, &Pipeline::display_name>("display_name"),
    aggregate::FieldOf<Pipeline, &Pipeline::description>("description"),
    aggregate::FieldOf<Pipeline, &Pipeline::stages>("stages"),
    aggregate::FieldOf<Pipeline, &Pipeline::retired>("retired_stages"),
    aggregate::FieldOf<Pipeline, &Pipeline::archive_time>("archive_time"),
};

}  // namespace

aggregate::Fields<Pipeline> PipelineFieldTable() { return kFields; }

}  // namespace crm::opportunity
