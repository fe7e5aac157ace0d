#include "tests/support/webhook_receiver.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/support/server_folder.h"

namespace crm::testing {
namespace {

bool SendAll(int connection, const std::string& text) {
  for (size_t sent = 0; sent < text.size();) {
    const ssize_t n = send(connection, text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
    if (n <= 0) return false;
    sent += static_cast<size_t>(n);
  }
  return true;
}

// The next request on the connection; false at its end.
bool ReadRequest(int connection, std::string& buffer, WebhookReceiver::Request& request) {
  size_t head = std::string::npos;
  size_t length = 0;
  while (true) {
    if (head == std::string::npos && (head = buffer.find("\r\n\r\n")) != std::string::npos) {
      const std::vector<std::string> lines = absl::StrSplit(buffer.substr(0, head), "\r\n");
      for (const std::string& line : lines) {
        const size_t colon = line.find(": ");
        if (colon == std::string::npos) continue;
        request.headers[absl::AsciiStrToLower(line.substr(0, colon))] = line.substr(colon + 2);
      }
      (void)absl::SimpleAtoi(request.Header("content-length"), &length);
    }
    if (head != std::string::npos && buffer.size() >= head + 4 + length) break;
    char bytes[16384];
    const ssize_t n = recv(connection, bytes, sizeof(bytes), 0);
    if (n <= 0) return false;
    buffer.append(bytes, static_cast<size_t>(n));
  }
  request.body = buffer.substr(head + 4, length);
  buffer.erase(0, head + 4 + length);
  return true;
}

}  // namespace

std::string WebhookReceiver::Request::Header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? "" : found->second;
}

WebhookReceiver::WebhookReceiver(Behaviour behave)
    : fd_(BoundSocket(&port_)), behave_(std::move(behave)) {
  if (listen(fd_, 128) != 0) Abort("cannot listen");
  accepting_ = std::thread([this] { Accept(); });
}

WebhookReceiver::~WebhookReceiver() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
    for (const int connection : connections_) shutdown(connection, SHUT_RDWR);
  }
  shutdown(fd_, SHUT_RDWR);
  accepting_.join();
  std::vector<std::thread> serving;
  {
    absl::MutexLock lock(&mutex_);
    serving.swap(serving_);
  }
  for (std::thread& thread : serving) thread.join();
  close(fd_);
}

std::string WebhookReceiver::url() const {
  return absl::StrCat("http://127.0.0.1:", port_, "/hook");
}

void WebhookReceiver::Behave(Behaviour behave) {
  absl::MutexLock lock(&mutex_);
  behave_ = std::move(behave);
}

std::vector<WebhookReceiver::Request> WebhookReceiver::requests() const {
  absl::MutexLock lock(&mutex_);
  return requests_;
}

size_t WebhookReceiver::count() const {
  absl::MutexLock lock(&mutex_);
  return requests_.size();
}

int WebhookReceiver::most_at_once() const {
  absl::MutexLock lock(&mutex_);
  return most_open_;
}

void WebhookReceiver::Accept() {
  while (true) {
    const int connection = accept(fd_, nullptr, nullptr);
    absl::MutexLock lock(&mutex_);
    if (connection < 0 || stopping_) {
      if (connection >= 0) close(connection);
      return;
    }
    connections_.push_back(connection);
    serving_.emplace_back([this, connection] { Serve(connection); });
  }
}

void WebhookReceiver::Serve(int connection) {
  std::string buffer;
  Request request;
  while (ReadRequest(connection, buffer, request) && Answer(connection, request)) request = {};
  absl::MutexLock lock(&mutex_);
  connections_.erase(std::find(connections_.begin(), connections_.end(), connection));
  close(connection);
}

// False when it is over.
bool WebhookReceiver::Answer(int connection, const Request& request) {
  Behaviour behave;
  {
    absl::MutexLock lock(&mutex_);
    requests_.push_back(request);
    most_open_ = std::max(most_open_, ++open_);
    behave = behave_;
  }
  const Reply reply = behave ? behave(request) : Reply();
  const bool goes_on = Rest(reply.hangs ? absl::InfiniteDuration() : reply.before);
  {
    absl::MutexLock lock(&mutex_);
    --open_;
  }
  if (!goes_on || reply.closes) return false;
  if (!reply.raw.empty()) return SendAll(connection, reply.raw) && false;
  const std::string head = absl::StrCat("HTTP/1.1 ", reply.status, " Whatever\r\n", reply.headers,
                                        "Content-Length: ", reply.body, "\r\n\r\n");
  if (reply.drips) {
    for (size_t i = 0; Rest(absl::Milliseconds(50)); ++i) {
      if (!SendAll(connection, head.substr(std::min(i, head.size() - 5), 1))) return false;
    }
    return false;
  }
  return SendAll(connection, absl::StrCat(head, std::string(reply.body, 'x')));
}

// False if the receiver goes meanwhile.
bool WebhookReceiver::Rest(absl::Duration pause) {
  absl::MutexLock lock(&mutex_);
  const auto stops = [this] {
    mutex_.AssertHeld();
    return stopping_;
  };
  return !mutex_.AwaitWithTimeout(absl::Condition(&stops), pause);
}

}  // namespace crm::testing
