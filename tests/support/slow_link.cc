#include "tests/support/slow_link.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>

#include "absl/time/clock.h"
#include "tests/support/server_folder.h"

namespace crm::testing {
namespace {

constexpr size_t kChunk = 64 << 10;

int ConnectTo(int port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(port));
  if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0) return fd;
  close(fd);
  return -1;
}

// Until one of the two ends.
void Carry(int from, int to, const std::atomic<int64_t>* delay) {
  std::string chunk(kChunk, '\0');
  while (true) {
    const ssize_t size = recv(from, chunk.data(), chunk.size(), 0);
    if (size <= 0) break;
    if (delay != nullptr) absl::SleepFor(absl::Nanoseconds(delay->load()));
    ssize_t sent = 0;
    while (sent < size) {
      const ssize_t some =
          send(to, chunk.data() + sent, static_cast<size_t>(size - sent), MSG_NOSIGNAL);
      if (some <= 0) break;
      sent += some;
    }
    if (sent < size) break;
  }
  shutdown(from, SHUT_RDWR);
  shutdown(to, SHUT_RDWR);
}

}  // namespace

struct SlowLink::Connection {
  Connection(int client, int server, const std::atomic<int64_t>& delay)
      : client(client),
        server(server),
        questions([this] { Carry(this->client, this->server, nullptr); }),
        answers([this, &delay] { Carry(this->server, this->client, &delay); }) {}
  ~Connection() {
    shutdown(client, SHUT_RDWR);
    shutdown(server, SHUT_RDWR);
    questions.join();
    answers.join();
    close(client);
    close(server);
  }

  const int client;
  const int server;
  std::thread questions;
  std::thread answers;
};

SlowLink::SlowLink(int port) : target_(port), listener_(BoundSocket(&port_)) {
  if (listen(listener_, 64) != 0) Abort("a slow link does not listen");
  acceptor_ = std::thread([this] { Accept(); });
}

SlowLink::~SlowLink() {
  shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  close(listener_);
}

void SlowLink::Accept() {
  while (true) {
    const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) break;
    const int server = ConnectTo(target_);
    if (server < 0) {
      close(client);
      continue;
    }
    connections_.push_back(std::make_unique<Connection>(client, server, delay_));
  }
  connections_.clear();
}

}  // namespace crm::testing
