#include "common/webhook/sender.h"

#include <curl/curl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"

namespace crm::webhook {
namespace {

constexpr int kWaitMs = 1000;
constexpr absl::Duration kLongestRetryAfter = absl::Hours(1);

void InitializeOnce() {
  static const CURLcode kReady = curl_global_init(CURL_GLOBAL_DEFAULT);
  (void)kReady;
}

// What went wrong short of an answer.
Result ResultOf(CURLcode code) {
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
      return Result::kTimedOut;
    case CURLE_COULDNT_RESOLVE_HOST:
      return Result::kHostUnknown;
    case CURLE_COULDNT_CONNECT:
      return Result::kNotConnected;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_ISSUER_ERROR:
      return Result::kTlsFailed;
    case CURLE_WRITE_ERROR:  // by us, see Transfer::Count
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_BAD_CONTENT_ENCODING:
      return Result::kAnswerUnusable;
    default:
      return Result::kBrokenOff;
  }
}

}  // namespace

// One POST under way. Its memory goes with it.
class Sender::Transfer {
 public:
  Transfer(Posting posting, const SenderOptions& options)
      : posting_(std::move(posting)),
        options_(options),
        easy_(curl_easy_init(), &curl_easy_cleanup),
        headers_(nullptr, &curl_slist_free_all) {
    for (const std::string& header : posting_.headers) {
      curl_slist* const longer = curl_slist_append(headers_.get(), header.c_str());
      (void)headers_.release();
      headers_.reset(longer);
    }
    SetRequest();
    SetLimits();
    SetTrust();
  }

  CURL* easy() const { return easy_.get(); }

  Posted ResultFor(CURLcode code) const {
    Posted posted{.id = posting_.id, .result = ResultOf(code), .duration = {}};
    long status = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
    posted.http_status = static_cast<int>(status);
    curl_off_t micros = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_TOTAL_TIME_T, &micros);
    posted.duration = absl::Microseconds(micros);
    if (code == CURLE_OK) {
      posted.result = status / 100 == 2 ? Result::kAccepted : Result::kRejected;
    } else if (code == CURLE_COULDNT_CONNECT && address_refused_) {
      posted.result = Result::kAddressRefused;
    }
    curl_off_t seconds = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_RETRY_AFTER, &seconds);
    if (seconds > 0) posted.retry_after = std::min(absl::Seconds(seconds), kLongestRetryAfter);
    return posted;
  }

 private:
  void SetRequest() {
    CURL* const easy = easy_.get();
    curl_easy_setopt(easy, CURLOPT_PRIVATE, this);
    curl_easy_setopt(easy, CURLOPT_URL, posting_.url.c_str());
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, posting_.body.data());
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(posting_.body.size()));
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers_.get());
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR,
                     options_.policy.allow_http ? "https,http" : "https");
    curl_easy_setopt(easy, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    curl_easy_setopt(easy, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  }

  void SetLimits() {
    CURL* const easy = easy_.get();
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS,
                     static_cast<long>(absl::ToInt64Milliseconds(options_.timeout)));
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                     static_cast<long>(absl::ToInt64Milliseconds(options_.connect_timeout)));
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &Transfer::Count);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, this);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &Transfer::Count);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, this);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, &Transfer::OpenSocket);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, this);
  }

  void SetTrust() {
    CURL* const easy = easy_.get();
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    if (!options_.ca_file.empty()) {
      curl_easy_setopt(easy, CURLOPT_CAINFO, options_.ca_file.c_str());
    }
  }

  // Of the answer nothing is kept. More than the limit ends it.
  static size_t Count(char*, size_t size, size_t count, void* self) {
    auto* const transfer = static_cast<Transfer*>(self);
    transfer->answered_ += size * count;
    return transfer->answered_ <= transfer->options_.answer_limit ? size * count : 0;
  }

  static curl_socket_t OpenSocket(void* self, curlsocktype, curl_sockaddr* to) {
    auto* const transfer = static_cast<Transfer*>(self);
    const std::optional<Address> address = Address::Of(&to->addr);
    if (!address.has_value() || !transfer->options_.policy.addresses.Allow(*address)) {
      transfer->address_refused_ = true;
      return CURL_SOCKET_BAD;
    }
    return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
  }

  const Posting posting_;
  const SenderOptions& options_;
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> easy_;
  std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> headers_;
  size_t answered_ = 0;
  bool address_refused_ = false;
};

// The thread's own, but for the waking.
struct Sender::Multi {
  Multi() : handle((InitializeOnce(), curl_multi_init()), &curl_multi_cleanup) {}

  const std::unique_ptr<CURLM, decltype(&curl_multi_cleanup)> handle;
  absl::flat_hash_map<CURL*, std::unique_ptr<Transfer>> transfers;
};

Sender::Sender(SenderOptions options, std::function<void(Posted)> done)
    : options_(std::move(options)), done_(std::move(done)), multi_(std::make_unique<Multi>()) {
  curl_multi_setopt(multi_->handle.get(), CURLMOPT_MAXCONNECTS,
                    static_cast<long>(options_.kept_connections));
  thread_ = std::thread([this] { Run(); });
}

Sender::~Sender() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  curl_multi_wakeup(multi_->handle.get());
  thread_.join();
}

void Sender::Post(Posting posting) {
  {
    absl::MutexLock lock(&mutex_);
    posted_.push_back(std::move(posting));
    if (posted_.size() > 1) return;  // the thread knows
  }
  curl_multi_wakeup(multi_->handle.get());
}

void Sender::Run() {
  while (TakePosted()) {
    int running = 0;
    curl_multi_perform(multi_->handle.get(), &running);
    Finish();
    curl_multi_poll(multi_->handle.get(), nullptr, 0, kWaitMs, nullptr);
  }
  for (const auto& [easy, transfer] : multi_->transfers) {
    curl_multi_remove_handle(multi_->handle.get(), easy);
  }
  multi_->transfers.clear();
}

// False when it is over.
bool Sender::TakePosted() {
  std::vector<Posting> posted;
  {
    absl::MutexLock lock(&mutex_);
    if (stopping_) return false;
    posted.swap(posted_);
  }
  for (Posting& posting : posted) {
    auto transfer = std::make_unique<Transfer>(std::move(posting), options_);
    CURL* const easy = transfer->easy();
    curl_multi_add_handle(multi_->handle.get(), easy);
    multi_->transfers.emplace(easy, std::move(transfer));
  }
  return true;
}

void Sender::Finish() {
  int left = 0;
  while (const CURLMsg* const message = curl_multi_info_read(multi_->handle.get(), &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    const auto found = multi_->transfers.find(message->easy_handle);
    const Posted posted = found->second->ResultFor(message->data.result);
    curl_multi_remove_handle(multi_->handle.get(), message->easy_handle);
    multi_->transfers.erase(found);
    done_(posted);
  }
}

}  // namespace crm::webhook
