#pragma once

#include <absl/strings/string_view.h>
#include <absl/time/time.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace crm::config {

// Typed options of a program, from flags and environment. The option "drain-delay" is the flag
// --drain-delay and the variable CRM_DRAIN_DELAY; the flag wins. What a target holds when it is
// added is its default. Every problem is found before any is reported. For the main thread.
//
//   Options options("crm-lead", "Leads and their conversion.");
//   options.Text("listen", "host:port of the API", &listen)
//       .Time("drain-delay", "how long to serve on after SIGTERM", &delay);
//   if (const auto code = options.ParseOrExitCode(argc, argv)) return *code;
class Options {
 public:
  enum class Need { kOptional, kRequired };
  // Says what is wrong with a text, to be put behind the option's name, or nothing. Must not repeat
  // a secret.
  using Rule = std::function<std::optional<std::string>(const std::string& text)>;

  Options(const std::string& program, const std::string& description);
  ~Options();
  Options(const Options&) = delete;
  Options& operator=(const Options&) = delete;

  // A required text must not be empty; a rule is asked about one that is not. Targets must outlive
  // Parse.
  Options& Text(const std::string& name, const std::string& help, std::string* target,
                Need need = Need::kOptional, Rule rule = nullptr);
  // As Text, but the help never shows a value.
  Options& Secret(const std::string& name, const std::string& help, std::string* target,
                  Need need = Need::kOptional, Rule rule = nullptr);
  // One of `choices`.
  Options& Choice(const std::string& name, const std::string& help, std::string* target,
                  std::vector<std::string> choices);
  // A whole number in [least, most].
  Options& Number(const std::string& name, const std::string& help, int* target, int least,
                  int most);
  Options& Number(const std::string& name, const std::string& help, int64_t* target, int64_t least,
                  int64_t most);
  // A duration such as 250ms, 5s, 1m30s, in [least, most].
  Options& Time(const std::string& name, const std::string& help, absl::Duration* target,
                absl::Duration least = absl::ZeroDuration(),
                absl::Duration most = absl::InfiniteDuration());
  // --name, --name=false, CRM_NAME=true.
  Options& Switch(const std::string& name, const std::string& help, bool* target);
  // Comma-separated texts; empty ones are dropped.
  Options& List(const std::string& name, const std::string& help, std::vector<std::string>* target);
  // A rule over several options, asked after all are read, also when some of them are wrong (those
  // keep their defaults; a wrong text is there as it was given): a problem, or nothing.
  Options& Check(std::function<std::optional<std::string>()> rule);

  struct Outcome {
    bool help = false;                  // --help was given; nothing was read
    std::vector<std::string> problems;  // empty when all targets are set
  };
  // `arguments` without the program's name.
  Outcome Parse(const std::vector<std::string>& arguments);

  // Parses; prints help to stdout (code 0) or all problems to stderr (code 2). Nothing when the
  // program may go on.
  std::optional<int> ParseOrExitCode(int argc, const char* const* argv);

  std::string Help() const;

 private:
  // A rule that sets the target too, if nothing is wrong.
  using Read = Rule;
  struct Entry;

  Entry& Add(const std::string& name, const std::string& help, const std::string& shown_default,
             bool is_switch, Read read);

  std::unique_ptr<CLI::App> app_;
  std::vector<std::unique_ptr<Entry>> entries_;
  std::vector<std::function<std::optional<std::string>()>> rules_;
};

}  // namespace crm::config
