#pragma once
// A web server on 127.0.0.1 for tests, which may misbehave in every way a handler can write down.

#include <atomic>
#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace vdn::test {

struct HttpRequest {
  std::string head;  ///< request line and headers, as they came
  std::string path() const;
  /// The value of a header, or "".
  std::string header(const std::string& name) const;
};

struct HttpReply {
  std::string bytes;  ///< status line, headers and body, as they are sent
  bool hold = false;  ///< afterwards the connection stays open until the client closes it; else it is closed
};

/// One thread, one connection at a time, one request a connection.
class LoopbackServer {
 public:
  using Handler = std::function<HttpReply(const HttpRequest&)>;
  explicit LoopbackServer(Handler handler);
  ~LoopbackServer();
  LoopbackServer(const LoopbackServer&) = delete;
  LoopbackServer& operator=(const LoopbackServer&) = delete;

  /// "http://127.0.0.1:PORT".
  std::string address() const;
  /// All so far.
  std::vector<HttpRequest> requests() const;

 private:
  void serve();
  void answer(int connection);

  Handler handler_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<bool> ending_{false};
  mutable std::mutex mutex_;
  std::vector<HttpRequest> requests_;
  std::thread thread_;
};

/// "HTTP/1.1 200 OK", Content-Length, `headers` (each ending in \r\n) and the first `sent` bytes of the body: fewer
/// than there are is a connection that breaks.
std::string http_reply(const std::string& status, const std::string& body, const std::string& headers = "",
                       std::size_t sent = std::string::npos);

/// What a good server answers for a file: ranges, If-Range against the ETag; the connection breaks after `sent` bytes.
std::string http_file(const HttpRequest& request, const std::string& content, const std::string& etag,
                      std::size_t sent = std::string::npos);

/// An address on 127.0.0.1 where nothing listens.
std::string closed_address();

}  // namespace vdn::test
