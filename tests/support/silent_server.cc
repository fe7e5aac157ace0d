#include "tests/support/silent_server.h"

#include <sys/socket.h>
#include <unistd.h>

#include "tests/support/server_folder.h"

namespace crm::testing {

// The kernel accepts connections up to the backlog.
SilentServer::SilentServer() : fd_(BoundSocket(&port_)) {
  if (listen(fd_, 128) != 0) Abort("cannot listen");
}

SilentServer::~SilentServer() { close(fd_); }

}  // namespace crm::testing
