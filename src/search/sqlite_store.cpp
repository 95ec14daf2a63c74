#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sqlite3.h>
#include <nlohmann/json.hpp>

#include <vdn/core/error.hpp>
#include <vdn/search/store.hpp>

#include "search/sqlite_database.hpp"

namespace vdn::search {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::int64_t application = 0x76646e61;  // "vdna", which `file` shows, too
constexpr std::int64_t version = 1;               // of the tables

/// 64-bit numbers and seeds are stored as signed ones with the same bits; state is a word of state_name;
/// configuration is [[key, value], ...] and figures is {name: value, ...}, both JSON; NULL stands for NaN.
constexpr const char* tables = R"(
CREATE TABLE studies (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, definition TEXT NOT NULL);
CREATE TABLE trials (
  id INTEGER PRIMARY KEY, study INTEGER NOT NULL REFERENCES studies (id),
  number INTEGER NOT NULL, seed INTEGER NOT NULL, final_stage INTEGER NOT NULL, configuration TEXT NOT NULL,
  state TEXT NOT NULL, rung INTEGER NOT NULL, epochs INTEGER NOT NULL,
  valid INTEGER NOT NULL, penalty REAL, score REAL, outside REAL, parameters INTEGER NOT NULL, seconds REAL,
  reason TEXT NOT NULL, owner TEXT NOT NULL, lease_end REAL, figures TEXT NOT NULL,
  UNIQUE (study, number, seed));
CREATE TABLE epochs (
  trial INTEGER NOT NULL REFERENCES trials (id), epoch INTEGER NOT NULL,
  train_loss REAL, validation_nll REAL, validation_crps REAL, validation_mse REAL,
  valid INTEGER NOT NULL, penalty REAL, score REAL, seconds REAL, begun REAL, ended REAL,
  PRIMARY KEY (trial, epoch));
CREATE TABLE regimes (
  trial INTEGER NOT NULL, epoch INTEGER NOT NULL,
  inside REAL, low REAL, high REAL, info REAL, alive REAL, kl REAL, beta REAL, activity REAL, collapse TEXT NOT NULL,
  PRIMARY KEY (trial, epoch), FOREIGN KEY (trial, epoch) REFERENCES epochs (trial, epoch));
CREATE TABLE checkpoints (trial INTEGER PRIMARY KEY REFERENCES trials (id), bytes BLOB NOT NULL);
CREATE TABLE models (trial INTEGER PRIMARY KEY REFERENCES trials (id), bytes BLOB NOT NULL);
)";

constexpr const char* put_trial_sql = R"(
INSERT INTO trials (study, number, seed, final_stage, configuration, state, rung, epochs, valid, penalty, score,
  outside, parameters, seconds, reason, owner, lease_end, figures)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (study, number, seed) DO UPDATE SET final_stage = excluded.final_stage,
  configuration = excluded.configuration, state = excluded.state, rung = excluded.rung, epochs = excluded.epochs,
  valid = excluded.valid, penalty = excluded.penalty, score = excluded.score, outside = excluded.outside,
  parameters = excluded.parameters, seconds = excluded.seconds, reason = excluded.reason, owner = excluded.owner,
  lease_end = excluded.lease_end, figures = excluded.figures)";

constexpr const char* trials_sql = R"(
SELECT t.number, t.seed, t.final_stage, t.configuration, t.state, t.rung, t.epochs, t.valid, t.penalty, t.score,
  t.outside, t.parameters, t.seconds, t.reason, t.owner, t.lease_end, t.figures
FROM trials t WHERE t.study = ? ORDER BY )";

constexpr const char* epochs_sql = R"(
SELECT t.number, t.seed, e.epoch, e.train_loss, e.validation_nll, e.validation_crps, e.validation_mse, e.valid,
  e.penalty, e.score, e.seconds, e.begun, e.ended, r.inside, r.low, r.high, r.info, r.alive, r.kl, r.beta, r.activity,
  r.collapse
FROM epochs e JOIN trials t ON t.id = e.trial LEFT JOIN regimes r ON r.trial = e.trial AND r.epoch = e.epoch
WHERE t.study = ? ORDER BY )";

/// Search before final stage, then by seed of the final stage, then by number. Negative numbers are large ones.
constexpr const char* trial_order =
    "t.final_stage, t.final_stage AND t.seed < 0, t.final_stage * t.seed, t.number < 0, t.number, t.seed < 0, t.seed";

// ---- JSON texts

std::string print_configuration(const Configuration& configuration) {
  Json json = Json::array();
  for (const auto& [key, value] : configuration) json.push_back(Json::array({key, value}));
  return json.dump();
}

Configuration read_configuration(const std::string& text) {
  const Json json = Json::parse(text);
  Configuration configuration;
  for (const Json& setting : json.get_ref<const Json::array_t&>()) {
    configuration.emplace_back(setting.at(0).get<std::string>(), setting.at(1).get<std::string>());
  }
  return configuration;
}

/// JSON knows neither NaN, which becomes null, nor infinities, which become words.
std::string print_figures(const std::map<std::string, double>& figures) {
  Json json = Json::object();
  for (const auto& [name, value] : figures) {
    if (std::isinf(value)) {
      json[name] = value > 0 ? "inf" : "-inf";
    } else {
      json[name] = value;
    }
  }
  return json.dump();
}

double read_figure(const Json& value) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  if (value.is_null()) return std::numeric_limits<double>::quiet_NaN();
  if (value == "inf") return infinity;
  if (value == "-inf") return -infinity;
  return value.get<double>();
}

std::map<std::string, double> read_figures(const std::string& text) {
  const Json json = Json::parse(text);
  std::map<std::string, double> figures;
  for (const auto& [name, value] : json.get_ref<const Json::object_t&>()) figures[name] = read_figure(value);
  return figures;
}

// ---- rows

/// From a row of trials_sql. Throws Json::exception and Error (data) where a text is not what it must be.
void take_trial(Statement& row, TrialRecord& trial) {
  trial.number = row.take_unsigned();
  trial.seed = row.take_unsigned();
  trial.final_stage = row.take_integer() != 0;
  trial.configuration = read_configuration(row.take_text());
  trial.state = parse_state(row.take_text());
  trial.rung = row.take_unsigned();
  trial.epochs = row.take_unsigned();
  trial.valid = row.take_integer() != 0;
  trial.penalty = row.take_number();
  trial.score = row.take_number();
  trial.outside = row.take_number();
  trial.parameters = row.take_unsigned();
  trial.seconds = row.take_number();
  trial.reason = row.take_text();
  trial.owner = row.take_text();
  trial.lease_end = row.take_number();
  trial.figures = read_figures(row.take_text());
}

/// From a row of epochs_sql.
EpochRecord take_epoch(Statement& row) {
  EpochRecord epoch;
  epoch.number = row.take_unsigned();
  epoch.seed = row.take_unsigned();
  epoch.epoch = row.take_unsigned();
  for (double* figure : {&epoch.train_loss, &epoch.validation_nll, &epoch.validation_crps, &epoch.validation_mse}) {
    *figure = row.take_number();
  }
  epoch.valid = row.take_integer() != 0;
  for (double* figure : {&epoch.penalty, &epoch.score, &epoch.seconds}) *figure = row.take_number();
  epoch.begun = row.take_number();
  epoch.ended = row.take_number();
  for (double* figure :
       {&epoch.inside, &epoch.low, &epoch.high, &epoch.info, &epoch.alive, &epoch.kl, &epoch.beta, &epoch.activity}) {
    *figure = row.take_number();
  }
  epoch.collapse = row.take_text();
  return epoch;
}

/// Opened as `access` says. A missing file is an error unless it may be created.
int flags_of(StoreAccess access) {
  switch (access) {
    case StoreAccess::create:
      return SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    case StoreAccess::join:
      return SQLITE_OPEN_READWRITE;
    case StoreAccess::read:
      break;
  }
  return SQLITE_OPEN_READONLY;
}

class SqliteStore final : public SearchStore {
 public:
  SqliteStore(const std::string& path, StoreAccess access, double wait);

  std::vector<std::string> studies() override;
  std::optional<std::string> definition(const std::string& study) override;
  std::string create(const std::string& study, const std::string& definition) override;
  std::vector<TrialRecord> trials(const std::string& study) override;
  std::vector<EpochRecord> epochs(const std::string& study) override;
  void decide(const std::string& study, const Decision& decide) override;
  bool keep_epoch(const std::string& study, const std::string& owner, const TrialRecord& trial,
                  const EpochRecord& epoch, std::string_view checkpoint) override;
  bool keep_outcome(const std::string& study, const std::string& owner, const TrialRecord& trial,
                    std::string_view model) override;
  bool renew(const std::string& study, const TrialRecord& trial, double lease_end) override;
  std::string checkpoint(const std::string& study, const TrialRecord& trial) override;
  std::string model(const std::string& study, const TrialRecord& trial) override;

 private:
  bool holds_store();
  void create_tables();
  std::int64_t study_id(const std::string& study);
  std::vector<TrialRecord> trials_of(std::int64_t study);
  std::optional<std::int64_t> held_trial(std::int64_t study, const TrialRecord& trial, const std::string& owner);
  void shrink();
  void put_trial(std::int64_t study, const TrialRecord& trial);
  void put_epoch(std::int64_t trial, const EpochRecord& epoch);
  void put_regime(std::int64_t trial, const EpochRecord& epoch);
  void put_bytes(const char* table, std::int64_t trial, std::string_view bytes);
  std::string bytes_of(const char* table, const std::string& study, const TrialRecord& trial);

  Database db_;
};

// ---- opening

SqliteStore::SqliteStore(const std::string& path, StoreAccess access, double wait) : db_(path, flags_of(access), wait) {
  db_.exec("PRAGMA foreign_keys = ON; PRAGMA synchronous = NORMAL; PRAGMA journal_size_limit = 16777216");
  bool ready = false;
  {
    const Transaction look(db_, Transaction::Kind::read);
    ready = holds_store();
  }
  if (!ready && access != StoreAccess::create) {
    throw Error(ErrorKind::data, path, "is no AutoPilot store: it is empty", "give another --store");
  }
  // Large pages suit checkpoints of megabytes; of a file that has tables both settings stay as they are.
  if (!ready) db_.exec("PRAGMA page_size = 16384; PRAGMA auto_vacuum = INCREMENTAL");
  if (access != StoreAccess::read) db_.exec("PRAGMA journal_mode = WAL");
  if (!ready) create_tables();
}

/// False for an empty file. Throws Error (data) for one of another program or of a newer version.
bool SqliteStore::holds_store() {
  const std::int64_t owner = db_.integer_of("PRAGMA application_id");
  if (owner != application) {
    if (owner == 0 && db_.integer_of("SELECT count(*) FROM sqlite_schema") == 0) return false;
    throw Error(ErrorKind::data, db_.path(), "is no AutoPilot store, but a database of another program",
                "give another --store");
  }
  if (db_.integer_of("PRAGMA user_version") > version) {
    throw Error(ErrorKind::data, db_.path(), "was written by a newer vdn", "update vdn, or give another --store");
  }
  return true;
}

void SqliteStore::create_tables() {
  Transaction transaction(db_);
  if (holds_store()) return;  // another process was faster
  db_.exec(tables);
  db_.exec(fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}", application, version).c_str());
  transaction.commit();
}

// ---- studies

std::vector<std::string> SqliteStore::studies() {
  Statement rows(db_, "SELECT name FROM studies ORDER BY id");
  std::vector<std::string> names;
  while (rows.step()) names.push_back(rows.take_text());
  return names;
}

std::optional<std::string> SqliteStore::definition(const std::string& study) {
  Statement row(db_, "SELECT definition FROM studies WHERE name = ?");
  if (!row.bind_text(study).step()) return std::nullopt;
  return row.take_text();
}

std::string SqliteStore::create(const std::string& study, const std::string& definition) {
  Transaction transaction(db_);
  Statement(db_, "INSERT INTO studies (name, definition) VALUES (?, ?) ON CONFLICT (name) DO NOTHING")
      .bind_text(study)
      .bind_text(definition)
      .run();
  std::string stored = this->definition(study).value();
  transaction.commit();
  return stored;
}

/// Throws Error (usage) naming the studies there are.
std::int64_t SqliteStore::study_id(const std::string& study) {
  {
    Statement row(db_, "SELECT id FROM studies WHERE name = ?");
    if (row.bind_text(study).step()) return row.take_integer();
  }
  const std::vector<std::string> known = studies();
  const std::string near = nearest_word(study, known);
  std::string hint = near.empty() ? "" : fmt::format("did you mean '{}'? ", near);
  hint += known.empty() ? "it holds none yet" : fmt::format("it holds {}", fmt::join(known, ", "));
  throw Error(ErrorKind::usage, db_.path(), fmt::format("no study '{}'", study), hint);
}

// ---- trials

std::vector<TrialRecord> SqliteStore::trials(const std::string& study) {
  return trials_of(study_id(study));
}

std::vector<TrialRecord> SqliteStore::trials_of(std::int64_t study) {
  Statement rows(db_, std::string(trials_sql) + trial_order);
  rows.bind_integer(study);
  std::vector<TrialRecord> trials;
  while (rows.step()) {
    TrialRecord& trial = trials.emplace_back();
    try {
      take_trial(rows, trial);
    } catch (const Json::exception& problem) {
      throw damaged_store(db_.path(), fmt::format("trial {}: {}", trial.number, problem.what()));
    } catch (const Error& error) {
      throw damaged_store(db_.path(), fmt::format("trial {}: {}", trial.number, error.problem()));
    }
  }
  return trials;
}

std::vector<EpochRecord> SqliteStore::epochs(const std::string& study) {
  Statement rows(db_, std::string(epochs_sql) + trial_order + ", e.epoch");
  rows.bind_integer(study_id(study));
  std::vector<EpochRecord> epochs;
  while (rows.step()) epochs.push_back(take_epoch(rows));
  return epochs;
}

/// Gives room that removed checkpoints left back to the disk, a bounded part at a time.
void SqliteStore::shrink() {
  constexpr std::int64_t worth_it = 2048;  // pages, 32 MB
  if (db_.integer_of("PRAGMA freelist_count") > worth_it) db_.exec("PRAGMA incremental_vacuum(2048)");
}

void SqliteStore::decide(const std::string& study, const Decision& decide) {
  Transaction transaction(db_);
  const std::int64_t id = study_id(study);
  for (const TrialRecord& trial : decide(trials_of(id))) put_trial(id, trial);
  shrink();
  transaction.commit();
}

bool SqliteStore::keep_epoch(const std::string& study, const std::string& owner, const TrialRecord& trial,
                             const EpochRecord& epoch, std::string_view checkpoint) {
  Transaction transaction(db_);
  const std::int64_t id = study_id(study);
  const auto held = held_trial(id, trial, owner);
  if (!held) return false;
  put_epoch(*held, epoch);
  put_regime(*held, epoch);
  if (!ended(trial.state)) put_bytes("checkpoints", *held, checkpoint);
  put_trial(id, trial);
  transaction.commit();
  return true;
}

bool SqliteStore::keep_outcome(const std::string& study, const std::string& owner, const TrialRecord& trial,
                               std::string_view model) {
  Transaction transaction(db_);
  const std::int64_t id = study_id(study);
  const auto held = held_trial(id, trial, owner);
  if (!held) return false;
  put_trial(id, trial);
  if (!model.empty()) put_bytes("models", *held, model);
  transaction.commit();
  return true;
}

bool SqliteStore::renew(const std::string& study, const TrialRecord& trial, double lease_end) {
  Transaction transaction(db_);
  const auto held = held_trial(study_id(study), trial, trial.owner);
  if (!held) return false;
  Statement(db_, "UPDATE trials SET lease_end = ? WHERE id = ?").bind_number(lease_end).bind_integer(*held).run();
  transaction.commit();
  return true;
}

std::string SqliteStore::checkpoint(const std::string& study, const TrialRecord& trial) {
  return bytes_of("checkpoints", study, trial);
}

std::string SqliteStore::model(const std::string& study, const TrialRecord& trial) {
  return bytes_of("models", study, trial);
}

// ---- rows of a transaction

/// The row of a trial that `owner` trains; nothing when it does not hold the lease.
std::optional<std::int64_t> SqliteStore::held_trial(std::int64_t study, const TrialRecord& trial,
                                                    const std::string& owner) {
  if (owner.empty()) return std::nullopt;
  Statement row(db_, "SELECT id FROM trials WHERE study = ? AND number = ? AND seed = ? AND state = ? AND owner = ?");
  row.bind_integer(study).bind_unsigned(trial.number).bind_unsigned(trial.seed);
  row.bind_text(state_name(TrialState::running)).bind_text(owner);
  if (!row.step()) return std::nullopt;
  return row.take_integer();
}

/// Adds or replaces a record; an ended trial needs no checkpoint any more.
void SqliteStore::put_trial(std::int64_t study, const TrialRecord& trial) {
  std::string configuration, figures;
  try {
    configuration = print_configuration(trial.configuration);
    figures = print_figures(trial.figures);
  } catch (const Json::exception&) {
    throw Error(ErrorKind::data, db_.path(), fmt::format("trial {} has a setting that is no UTF-8 text", trial.number));
  }
  Statement put(db_, put_trial_sql);
  put.bind_integer(study).bind_unsigned(trial.number).bind_unsigned(trial.seed).bind_integer(trial.final_stage);
  put.bind_text(configuration).bind_text(state_name(trial.state)).bind_unsigned(trial.rung);
  put.bind_unsigned(trial.epochs).bind_integer(trial.valid).bind_number(trial.penalty).bind_number(trial.score);
  put.bind_number(trial.outside).bind_unsigned(trial.parameters).bind_number(trial.seconds);
  put.bind_text(trial.reason).bind_text(trial.owner).bind_number(trial.lease_end).bind_text(figures);
  put.run();
  if (!ended(trial.state)) return;
  Statement remove(db_,
                   "DELETE FROM checkpoints WHERE trial IN "
                   "(SELECT id FROM trials WHERE study = ? AND number = ? AND seed = ?)");
  remove.bind_integer(study).bind_unsigned(trial.number).bind_unsigned(trial.seed).run();
}

void SqliteStore::put_epoch(std::int64_t trial, const EpochRecord& epoch) {
  Statement put(
      db_,
      "INSERT OR REPLACE INTO epochs (trial, epoch, train_loss, validation_nll, validation_crps, "
      "validation_mse, valid, penalty, score, seconds, begun, ended) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  put.bind_integer(trial).bind_unsigned(epoch.epoch).bind_number(epoch.train_loss).bind_number(epoch.validation_nll);
  put.bind_number(epoch.validation_crps).bind_number(epoch.validation_mse).bind_integer(epoch.valid);
  put.bind_number(epoch.penalty)
      .bind_number(epoch.score)
      .bind_number(epoch.seconds)
      .bind_number(epoch.begun)
      .bind_number(epoch.ended);
  put.run();
}

void SqliteStore::put_regime(std::int64_t trial, const EpochRecord& epoch) {
  Statement put(db_,
                "INSERT OR REPLACE INTO regimes (trial, epoch, inside, low, high, info, alive, kl, beta, activity, "
                "collapse) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  put.bind_integer(trial).bind_unsigned(epoch.epoch).bind_number(epoch.inside).bind_number(epoch.low);
  put.bind_number(epoch.high).bind_number(epoch.info).bind_number(epoch.alive).bind_number(epoch.kl);
  put.bind_number(epoch.beta).bind_number(epoch.activity).bind_text(epoch.collapse).run();
}

void SqliteStore::put_bytes(const char* table, std::int64_t trial, std::string_view bytes) {
  Statement(db_, fmt::format("INSERT OR REPLACE INTO {} (trial, bytes) VALUES (?, ?)", table))
      .bind_integer(trial)
      .bind_blob(bytes)
      .run();
}

std::string SqliteStore::bytes_of(const char* table, const std::string& study, const TrialRecord& trial) {
  Statement row(db_, fmt::format("SELECT b.bytes FROM {} b JOIN trials t ON t.id = b.trial "
                                 "WHERE t.study = ? AND t.number = ? AND t.seed = ?",
                                 table));
  row.bind_integer(study_id(study)).bind_unsigned(trial.number).bind_unsigned(trial.seed);
  return row.step() ? row.take_blob() : std::string();
}

}  // namespace

std::unique_ptr<SearchStore> open_sqlite_store(const std::string& path, StoreAccess access, double wait) {
  return std::make_unique<SqliteStore>(path, access, wait);
}

}  // namespace vdn::search
