#include "support/loopback_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <stdexcept>
#include <utility>

namespace vdn::test {
namespace {

/// A socket bound to a free port of 127.0.0.1, and the port.
std::pair<int, int> bound_socket() {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof name;
  auto* generic = reinterpret_cast<sockaddr*>(&name);
  if (socket < 0 || bind(socket, generic, size) != 0 || getsockname(socket, generic, &size) != 0) {
    throw std::runtime_error("no socket on 127.0.0.1");
  }
  return {socket, ntohs(name.sin_port)};
}

bool readable_within(int descriptor, int milliseconds) {
  pollfd wanted{descriptor, POLLIN, 0};
  return poll(&wanted, 1, milliseconds) == 1;
}

std::string address_of(int port) {
  return "http://127.0.0.1:" + std::to_string(port);
}

}  // namespace

std::string HttpRequest::path() const {
  const std::size_t first = head.find(' ') + 1;
  return head.substr(first, head.find(' ', first) - first);
}

std::string HttpRequest::header(const std::string& name) const {
  const std::size_t at = head.find("\r\n" + name + ": ");
  if (at == std::string::npos) return "";
  const std::size_t first = at + name.size() + 4;
  return head.substr(first, head.find("\r\n", first) - first);
}

LoopbackServer::LoopbackServer(Handler handler) : handler_(std::move(handler)) {
  std::tie(listener_, port_) = bound_socket();
  if (listen(listener_, 16) != 0) throw std::runtime_error("cannot listen on 127.0.0.1");
  thread_ = std::thread([this] { serve(); });
}

LoopbackServer::~LoopbackServer() {
  ending_ = true;
  thread_.join();
  close(listener_);
}

std::string LoopbackServer::address() const {
  return address_of(port_);
}

std::vector<HttpRequest> LoopbackServer::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

void LoopbackServer::serve() {
  while (!ending_) {
    if (!readable_within(listener_, 20)) continue;
    const int connection = accept(listener_, nullptr, nullptr);
    if (connection < 0) continue;
    answer(connection);
    close(connection);
  }
}

void LoopbackServer::answer(int connection) {
  HttpRequest request;
  char buffer[4096];
  while (request.head.find("\r\n\r\n") == std::string::npos) {
    const ssize_t got = recv(connection, buffer, sizeof buffer, 0);
    if (got <= 0) return;
    request.head.append(buffer, static_cast<std::size_t>(got));
  }
  {
    const std::lock_guard lock(mutex_);
    requests_.push_back(request);
  }
  const HttpReply reply = handler_(request);
  for (std::size_t sent = 0; sent < reply.bytes.size();) {
    const ssize_t now = send(connection, reply.bytes.data() + sent, reply.bytes.size() - sent, MSG_NOSIGNAL);
    if (now <= 0) return;
    sent += static_cast<std::size_t>(now);
  }
  while (reply.hold && !ending_) {
    if (readable_within(connection, 20) && recv(connection, buffer, sizeof buffer, 0) <= 0) return;
  }
}

std::string http_reply(const std::string& status, const std::string& body, const std::string& headers,
                       std::size_t sent) {
  return "HTTP/1.1 " + status + "\r\nConnection: close\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
         headers + "\r\n" + body.substr(0, sent);
}

std::string http_file(const HttpRequest& request, const std::string& content, const std::string& etag,
                      std::size_t sent) {
  const std::string range = request.header("Range"), tag = "ETag: " + etag + "\r\n";
  const std::string wanted = request.header("If-Range");
  if (range.empty() || (!wanted.empty() && wanted != etag)) return http_reply("200 OK", content, tag, sent);
  const std::size_t first = std::stoul(range.substr(range.find('=') + 1));
  const std::string total = "/" + std::to_string(content.size());
  if (first >= content.size())
    return http_reply("416 Range Not Satisfiable", "", "Content-Range: bytes *" + total + "\r\n");
  const std::string what = "Content-Range: bytes " + std::to_string(first) + "-" + std::to_string(content.size() - 1);
  return http_reply("206 Partial Content", content.substr(first), tag + what + total + "\r\n", sent);
}

std::string closed_address() {
  const auto [socket, port] = bound_socket();
  close(socket);
  return address_of(port);
}

}  // namespace vdn::test
