#include "data/http_transfer.hpp"

#include <curl/curl.h>
#include <fmt/format.h>

#include <array>
#include <charconv>
#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>

#include <vdn/core/error.hpp>

namespace vdn {
namespace {

/// curl wants this once a process, before anything else; done at the first download, never undone.
void initialise_curl() {
  static const CURLcode state = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (state != CURLE_OK) throw Error(ErrorKind::software, "curl_global_init", curl_easy_strerror(state));
}

/// The two numbers of "bytes 100-199/200"; nothing when it is another unit or the total is "*".
struct ContentRange {
  std::uint64_t first = 0, total = 0;
};

std::optional<std::uint64_t> read_number(std::string_view text) {
  std::uint64_t number = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  if (text.empty() || read.ec != std::errc{} || read.ptr != end) return std::nullopt;
  return number;
}

std::optional<ContentRange> parse_content_range(std::string_view text) {
  constexpr std::string_view unit = "bytes ";
  const std::size_t dash = text.find('-'), slash = text.find('/');
  if (text.substr(0, unit.size()) != unit || dash == text.npos || slash == text.npos || slash < dash) return {};
  const auto first = read_number(text.substr(unit.size(), dash - unit.size()));
  const auto total = read_number(text.substr(slash + 1));
  if (!first || !total) return std::nullopt;
  return ContentRange{*first, *total};
}

class Transfer {
 public:
  Transfer(const std::string& address, PartFile& part, const DownloadOptions& options)
      : address_(address), part_(part), options_(options), curl_(curl_easy_init()) {
    if (!curl_) throw Error(ErrorKind::software, "curl_easy_init", "failed");
    set_up();
    if (part_.continues(address_)) ask_for_rest();
  }

  TransferOutcome run() {
    CURLcode code = curl_easy_perform(curl_.get());
    if (failure_) std::rethrow_exception(failure_);
    if (code == CURLE_OK && !begun_) begin();  // a body of no bytes
    if (failure_) std::rethrow_exception(failure_);
    if (stalled_) return {TransferEnd::lost, "the connection was lost (nothing came for too long)"};
    if (code == CURLE_ABORTED_BY_CALLBACK) return {TransferEnd::stopped, ""};
    if (misfit_) return restart_after("the server answers with another part of the file than asked for");
    if (code != CURLE_OK) return judge(code);
    if (status() == 416) return restart_after("the server has no such part of the file");
    return judge_status();
  }

 private:
  void set_up() {
    CURL* curl = curl_.get();
    const char* schemes = address_.rfind("https:", 0) == 0 ? "https" : "http,https";
    curl_easy_setopt(curl, CURLOPT_URL, address_.c_str());
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, schemes);
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(curl, CURLOPT_MAXREDIRS, 10L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "vdn");
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, static_cast<long>(options_.connect_timeout.count()));
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, message_.data());
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &Transfer::on_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, this);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, &Transfer::on_progress);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, this);
  }

  void ask_for_rest() {
    asked_from_ = part_.size();
    curl_easy_setopt(curl_.get(), CURLOPT_RANGE, fmt::format("{}-", asked_from_).c_str());
    headers_.reset(curl_slist_append(nullptr, ("If-Range: " + part_.origin().validator).c_str()));
    curl_easy_setopt(curl_.get(), CURLOPT_HTTPHEADER, headers_.get());
  }

  long status() const {
    long code = 0;
    curl_easy_getinfo(curl_.get(), CURLINFO_RESPONSE_CODE, &code);
    return code;
  }

  /// A header of the last answer, after redirects; empty when there is none.
  std::string header(const char* name) const {
    curl_header* found = nullptr;
    const CURLHcode code = curl_easy_header(curl_.get(), name, 0, CURLH_HEADER, -1, &found);
    return code == CURLHE_OK ? found->value : "";
  }

  /// What If-Range may name: a weak ETag ("W/...") does not promise the same bytes.
  std::string validator() const {
    const std::string tag = header("ETag");
    return tag.empty() || tag.rfind("W/", 0) == 0 ? header("Last-Modified") : tag;
  }

  /// The status line and headers are in: decides where the body goes. Throws Error (io).
  void begin() {
    begun_ = true;
    if (status() == 206 && asked_from_ > 0) {
      const auto range = parse_content_range(header("Content-Range"));
      const std::uint64_t known = part_.origin().total;
      misfit_ = !range || range->first != asked_from_ || (known > 0 && range->total != known);
      keep_ = !misfit_;
      if (keep_) total_ = range->total;
    } else if (status() == 200) {
      curl_off_t length = -1;
      curl_easy_getinfo(curl_.get(), CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
      total_ = length > 0 ? static_cast<std::uint64_t>(length) : 0;
      part_.restart({address_, validator(), total_});
      keep_ = true;
    }
    if (keep_) require_room();
  }

  void require_room() const {
    std::error_code failed;
    const auto folder = std::filesystem::absolute(part_.path(), failed).parent_path();
    const auto space = std::filesystem::space(folder, failed);
    if (failed || total_ <= part_.size() || space.available >= total_ - part_.size()) return;
    throw Error(ErrorKind::io, folder.string(),
                fmt::format("has room for {:.1f} MB, {:.1f} MB are needed", static_cast<double>(space.available) / 1e6,
                            static_cast<double>(total_ - part_.size()) / 1e6),
                "make room, or choose another folder with --dir");
  }

  static std::size_t on_body(char* data, std::size_t one, std::size_t count, void* self) {
    Transfer& transfer = *static_cast<Transfer*>(self);
    try {
      if (!transfer.begun_) transfer.begin();
      if (transfer.misfit_) return CURL_WRITEFUNC_ERROR;
      if (transfer.keep_) transfer.part_.append({data, one * count});
      return one * count;  // the page that comes with an error is not kept
    } catch (...) {        // no exception may pass through C
      transfer.failure_ = std::current_exception();
      return CURL_WRITEFUNC_ERROR;
    }
  }

  /// True when nothing has come for too long. curl's own limit works on an average and is slow to see it.
  bool stalls() {
    const auto now = std::chrono::steady_clock::now();
    if (part_.size() != seen_) {
      seen_ = part_.size();
      moved_ = now;
    }
    stalled_ = now - moved_ > options_.stall_timeout;
    return stalled_;
  }

  bool goes_on() {
    if (stalls()) return false;
    const std::uint64_t total = begun_ ? total_ : part_.origin().total;
    return !options_.progress || options_.progress({part_.size(), total});
  }

  static int on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    Transfer& transfer = *static_cast<Transfer*>(self);
    try {
      return transfer.goes_on() ? 0 : 1;
    } catch (...) {
      transfer.failure_ = std::current_exception();
      return 1;
    }
  }

  TransferOutcome restart_after(const char* problem) {
    part_.restart({});
    return {TransferEnd::lost, problem};
  }

  TransferOutcome judge(CURLcode code) const {
    const std::string why = message_[0] ? message_.data() : curl_easy_strerror(code);
    switch (code) {
      case CURLE_COULDNT_RESOLVE_HOST:
      case CURLE_COULDNT_RESOLVE_PROXY:
      case CURLE_COULDNT_CONNECT:
        throw Error(ErrorKind::unavailable, address_, fmt::format("no connection ({})", why), "check the network");
      case CURLE_PARTIAL_FILE:
      case CURLE_RECV_ERROR:
      case CURLE_SEND_ERROR:
      case CURLE_GOT_NOTHING:
      case CURLE_OPERATION_TIMEDOUT:
      case CURLE_HTTP2:
      case CURLE_HTTP2_STREAM:
        return {TransferEnd::lost, fmt::format("the connection was lost ({})", why)};
      default:
        throw Error(ErrorKind::unavailable, address_, fmt::format("cannot be downloaded ({})", why));
    }
  }

  TransferOutcome judge_status() const {
    const long code = status();
    if (keep_) {
      if (total_ == 0 || part_.size() == total_) return {TransferEnd::complete, ""};
      return {TransferEnd::lost, fmt::format("the server sent {} of {} bytes", part_.size(), total_)};
    }
    if (code == 408 || code == 429 || code >= 500) {
      return {TransferEnd::lost, fmt::format("the server answers with status {}", code)};
    }
    throw Error(ErrorKind::unavailable, address_,
                code == 404 ? "the server has no such file (status 404)"
                            : fmt::format("the server answers with status {} instead of the file", code));
  }

  struct EndCurl {
    void operator()(CURL* curl) const { curl_easy_cleanup(curl); }
  };
  struct EndList {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
  };

  const std::string& address_;
  PartFile& part_;
  const DownloadOptions& options_;
  std::unique_ptr<curl_slist, EndList> headers_;
  std::unique_ptr<CURL, EndCurl> curl_;
  std::array<char, CURL_ERROR_SIZE> message_{};
  std::uint64_t asked_from_ = 0;  // first byte of the range asked for; 0: the whole file
  std::uint64_t total_ = 0;       // bytes of the whole file, as this answer says
  bool begun_ = false;            // the answer's headers were looked at
  bool keep_ = false;             // its body is the file, or the rest of it
  bool misfit_ = false;           // it is a range, but not the one asked for
  bool stalled_ = false;          // given up because nothing came
  std::uint64_t seen_ = 0;        // size of the part when it last grew, at moved_
  std::chrono::steady_clock::time_point moved_ = std::chrono::steady_clock::now();
  std::exception_ptr failure_;  // thrown inside a callback
};

}  // namespace

TransferOutcome transfer(const std::string& address, PartFile& part, const DownloadOptions& options) {
  initialise_curl();
  return Transfer(address, part, options).run();
}

}  // namespace vdn
