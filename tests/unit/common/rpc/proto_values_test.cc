#include "common/rpc/proto_values.h"

#include <google/protobuf/duration.pb.h>
#include <google/protobuf/timestamp.pb.h>

namespace crm::rpc {
namespace {

struct DateMessage {
  int year_ = 0, month_ = 0, day_ = 0;
  int year() const { return year_; }
  int month() const { return month_; }
  int day() const { return day_; }
  void set_year(int v) { year_ = v; }
  void set_month(int v) { month_ = v; }
  void set_day(int v) { day_ = v; }
};

TEST(ProtoValuesTest, TimesSurviveThereAndBackBeforeAndAfter1970) {
  for (absl::Time time : {absl::FromUnixMicros(1'700'000'000'123'456), absl::FromUnixMicros(-1),
                          absl::UnixEpoch(), absl::FromUnixSeconds(-62135596800)}) {
    google::protobuf::Timestamp message;
    SetTime(time, &message);
    EXPECT_GE(message.nanos(), 0);
    EXPECT_LT(message.nanos(), 1'000'000'000);
    EXPECT_EQ(TimeFrom(message), time);
  }
}

TEST(ProtoValuesTest, TimesOfMessagesAreRoundedDownToMicroseconds) {
  google::protobuf::Timestamp message;
  message.set_seconds(-1);
  message.set_nanos(999'999'999);
  EXPECT_EQ(TimeFrom(message), absl::FromUnixMicros(-1));
}

TEST(ProtoValuesTest, DaysSurviveThereAndBack) {
  DateMessage message;
  SetDay(absl::CivilDay(2028, 2, 29), &message);
  EXPECT_EQ(message.month(), 2);
  EXPECT_EQ(DayFrom(message), absl::CivilDay(2028, 2, 29));
}

TEST(ProtoValuesTest, DurationsKeepTheirSign) {
  google::protobuf::Duration message;
  SetDuration(absl::Microseconds(1'500'000), &message);
  EXPECT_EQ(message.seconds(), 1);
  EXPECT_EQ(message.nanos(), 500'000'000);
  SetDuration(-absl::Microseconds(1'500'000), &message);
  EXPECT_EQ(message.seconds(), -1);
  EXPECT_EQ(message.nanos(), -500'000'000);
}

}  // namespace
}  // namespace crm::rpc
