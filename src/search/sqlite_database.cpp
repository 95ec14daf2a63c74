#include "search/sqlite_database.hpp"

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cmath>
#include <filesystem>
#include <limits>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <sqlite3.h>

namespace vdn::search {
namespace {

/// SQLite's words for an error, with the system's where it was asked and refused.
std::string cause_of(sqlite3* handle, int code) {
  const bool system = (code & 0xff) == SQLITE_IOERR || (code & 0xff) == SQLITE_CANTOPEN;
  const int number = system ? sqlite3_system_errno(handle) : 0;
  return number ? std::generic_category().message(number) : std::string(sqlite3_errmsg(handle));
}

bool is_full(sqlite3* handle, int code) {
  if ((code & 0xff) == SQLITE_FULL) return true;
  const int number = (code & 0xff) == SQLITE_IOERR ? sqlite3_system_errno(handle) : 0;
  return number == ENOSPC || number == EDQUOT;
}

Error cannot_open(const std::string& path, bool creates, const std::string& problem, const std::string& hint) {
  return {creates ? ErrorKind::cannot_create : ErrorKind::no_input, path, problem, hint};
}

/// A file that is there may also not be opened because SQLite cannot write beside it.
Error cannot_open(const std::string& path, bool creates, const std::string& cause) {
  std::error_code ignored;
  if (std::filesystem::exists(path, ignored)) {
    return cannot_open(path, creates, "cannot be opened: " + cause,
                       "file and folder must be writable, for readers too; copy the store to a folder that is");
  }
  if (creates) return cannot_open(path, creates, "cannot be created: " + cause, "give another --store");
  return cannot_open(path, creates, "there is no such store", "give the --store that 'vdn autopilot' wrote");
}

Error error_of(sqlite3* handle, const std::string& path, bool creates) {
  const int code = sqlite3_extended_errcode(handle);
  const std::string cause = cause_of(handle, code);
  if (is_full(handle, code)) {
    return {ErrorKind::io, path, "the disk is full", "free space; the study goes on from the last epoch kept"};
  }
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
      return {ErrorKind::io, path, "is locked by another program", "wait for it to end, or give another --store"};
    case SQLITE_NOTADB:
      return {ErrorKind::data, path, "is no AutoPilot store", "give another --store"};
    case SQLITE_CORRUPT:
    case SQLITE_ERROR:  // statements are right, so that tables are not
      return damaged_store(path, cause);
    case SQLITE_CANTOPEN:
      return cannot_open(path, creates, cause);
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return {ErrorKind::io, path, "cannot be written: " + cause, "is it write protected, or was it moved?"};
    case SQLITE_IOERR:
      return {ErrorKind::io, path, "cannot be read or written: " + cause,
              "once it can be, the study goes on from the last epoch kept"};
    default:
      return {ErrorKind::software, path, fmt::format("{} (SQLite error {})", cause, code)};
  }
}

/// SQLite reads more into some names (":memory:", "file:..."), but not into those that begin with a folder.
std::string plain_name(const std::string& path) {
  return path.starts_with('/') ? path : "./" + path;
}

}  // namespace

Error damaged_store(const std::string& path, const std::string& detail) {
  const std::string hint = fmt::format(
      "give another --store, or restore a copy; `sqlite3 {} .recover` (or .dump) prints what can be saved", path);
  return {ErrorKind::data, path, "is damaged: " + detail, hint};
}

// ---- Database

// The file must never be opened and closed by other means than SQLite's: that would give up the locks this process
// holds on it.
Database::Database(std::string path, int flags, double wait)
    : path_(std::move(path)), creates_((flags & SQLITE_OPEN_CREATE) != 0) {
  std::error_code ignored;
  if (std::filesystem::is_directory(plain_name(path_), ignored)) {
    throw cannot_open(path_, creates_, "is a folder", "give a file inside it");
  }
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(plain_name(path_).c_str(), &handle, flags, nullptr);
  handle_.reset(handle);  // there is one after most errors, too
  if (!handle) throw Error(ErrorKind::io, path_, "cannot be opened: no memory is left");
  if (code != SQLITE_OK) fail();
  sqlite3_busy_timeout(handle, static_cast<int>(std::clamp(wait * 1000.0, 0.0, 1e9)));
  if ((flags & SQLITE_OPEN_READWRITE) && sqlite3_db_readonly(handle, "main") == 1) {
    throw Error(ErrorKind::io, path_, "cannot be written", "is it write protected?");
  }
}

void Database::Close::operator()(sqlite3* handle) const {
  sqlite3_close_v2(handle);
}

void Database::exec(const char* sql) {
  if (sqlite3_exec(handle(), sql, nullptr, nullptr, nullptr) != SQLITE_OK) fail();
}

std::int64_t Database::integer_of(const char* sql) {
  Statement statement(*this, sql);
  return statement.step() ? statement.take_integer() : 0;
}

void Database::fail() const {
  throw error_of(handle(), path_, creates_);
}

// ---- Statement

Statement::Statement(Database& database, const std::string& sql) : database_(database) {
  sqlite3_stmt* statement = nullptr;
  const int size = static_cast<int>(sql.size());
  if (sqlite3_prepare_v2(database.handle(), sql.c_str(), size, &statement, nullptr) != SQLITE_OK) database.fail();
  statement_.reset(statement);
}

void Statement::Finalize::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

Statement& Statement::bound(int code) {
  if (code != SQLITE_OK) database_.fail();
  return *this;
}

Statement& Statement::bind_text(std::string_view value) {
  const std::string& text = texts_.emplace_back(value);
  return bound(
      sqlite3_bind_text64(statement_.get(), ++parameter_, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8));
}

Statement& Statement::bind_integer(std::int64_t value) {
  return bound(sqlite3_bind_int64(statement_.get(), ++parameter_, value));
}

Statement& Statement::bind_unsigned(std::uint64_t value) {
  return bind_integer(std::bit_cast<std::int64_t>(value));
}

Statement& Statement::bind_number(double value) {
  if (std::isnan(value)) return bind_null();
  return bound(sqlite3_bind_double(statement_.get(), ++parameter_, value));
}

Statement& Statement::bind_blob(std::string_view bytes) {
  const char* data = bytes.empty() ? "" : bytes.data();  // no pointer would be NULL
  return bound(sqlite3_bind_blob64(statement_.get(), ++parameter_, data, bytes.size(), SQLITE_STATIC));
}

Statement& Statement::bind_null() {
  return bound(sqlite3_bind_null(statement_.get(), ++parameter_));
}

bool Statement::step() {
  column_ = 0;
  const int code = sqlite3_step(statement_.get());
  if (code != SQLITE_ROW && code != SQLITE_DONE) database_.fail();
  return code == SQLITE_ROW;
}

std::string Statement::take_text() {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column_));
  const int size = sqlite3_column_bytes(statement_.get(), column_++);
  return text ? std::string(text, static_cast<std::size_t>(size)) : std::string();
}

std::int64_t Statement::take_integer() {
  return sqlite3_column_int64(statement_.get(), column_++);
}

std::uint64_t Statement::take_unsigned() {
  return std::bit_cast<std::uint64_t>(take_integer());
}

double Statement::take_number() {
  const int column = column_++;
  if (sqlite3_column_type(statement_.get(), column) == SQLITE_NULL) return std::numeric_limits<double>::quiet_NaN();
  return sqlite3_column_double(statement_.get(), column);
}

std::string Statement::take_blob() {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_.get(), column_));
  const int size = sqlite3_column_bytes(statement_.get(), column_++);
  return bytes ? std::string(bytes, static_cast<std::size_t>(size)) : std::string();
}

// ---- Transaction

Transaction::Transaction(Database& database, Kind kind) : database_(database) {
  database_.exec(kind == Kind::write ? "BEGIN IMMEDIATE" : "BEGIN");
}

Transaction::~Transaction() {
  // After some errors SQLite has rolled back by itself.
  if (!sqlite3_get_autocommit(database_.handle())) {
    sqlite3_exec(database_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
  }
}

void Transaction::commit() {
  database_.exec("COMMIT");
}

}  // namespace vdn::search
