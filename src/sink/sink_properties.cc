// The declarations of the sink's properties. Names, types and defaults are those of the Java
// connector's documentation; a second name is the one that its version 7.1 gave to the same
// property.
#include <initializer_list>

#include "kinetica/connection_properties.h"
#include "sink/sink_config.h"

namespace kc::sink {
namespace {

using config::Importance;
using config::Property;
using config::PropertyType;
using config::Width;

class Declarations {
 public:
  Property& add(const char* name, PropertyType type, std::optional<std::string> default_value,
                const char* display_name, const char* doc) {
    Property& property = list_.emplace_back();
    property.name = name;
    property.type = type;
    property.default_value = std::move(default_value);
    property.importance = Importance::low;
    property.display_name = display_name;
    property.doc = doc;
    property.group = "Kinetica Properties";
    property.order = static_cast<int>(list_.size());
    return property;
  }
  Property& flag(const char* name, bool default_value, const char* display_name, const char* doc) {
    return add(name, PropertyType::boolean, default_value ? "true" : "false", display_name, doc);
  }
  void add_all(const std::vector<Property>& more) {
    list_.insert(list_.end(), more.begin(), more.end());
  }
  int next_order() const { return static_cast<int>(list_.size()) + 1; }
  config::ConfigDef definition() {
    config::ConfigDef result;
    for (Property& property : list_) result.add(std::move(property));
    return result;
  }

 private:
  // Room for all, so that references stay valid while they are declared.
  std::vector<Property> list_ = [] {
    std::vector<Property> list;
    list.reserve(64);
    return list;
  }();
};

void declare_connection(Declarations& all) {
  auto& url = all.add("kinetica.url", PropertyType::string, std::nullopt, "Kinetica URL",
                      "URL of the Kinetica database server, for example http://127.0.0.1:9191.");
  url.importance = Importance::high;
  all.add("kinetica.username", PropertyType::string, "", "Username",
          "Name to log in to the database with. Empty: no log-in.")
      .importance = Importance::medium;
  all.add("kinetica.password", PropertyType::password, "", "Password",
          "Password to log in to the database with. Never shown in logs or by the REST interface.")
      .importance = Importance::medium;
}

void declare_tables(Declarations& all) {
  const auto naming = [&all](const char* name, const char* alias, const char* display_name,
                             const char* doc) {
    auto& property = all.add(name, PropertyType::string, "", display_name, doc);
    property.importance = Importance::high;
    property.width = Width::long_;
    property.aliases = {alias};
  };
  naming("kinetica.collection_name", "kinetica.tables.schema_name", "Collection Name",
         "Collection (from version 7.1 of the database: schema) in which tables are created. "
         "Empty: the database's default. Not part of a table's name.");
  naming("kinetica.table_prefix", "kinetica.tables.prefix", "Table Prefix",
         "Text put before the name of each destination table, so that the tables can be told "
         "from those the data came from. Not applied to kinetica.dest_table_override.");
  naming("kinetica.dest_table_override", "kinetica.tables.destination_name", "Table Override",
         "Name of the destination table, in place of the name that follows from the record. One "
         "name, or a list separated by commas that names one table for each entry of `topics`, "
         "in the same order. Not to be used together with `topics.regex`.");
}

void declare_inserts(Declarations& all) {
  all.add("kinetica.timeout", PropertyType::int32, "1000", "Connection Timeout",
          "Longest time in milliseconds for one request to the database and its answer; 0: no "
          "limit. An insert that takes longer is repeated with twice the time, up to two minutes, "
          "and may then be applied twice, so give large batches, slow networks and busy "
          "databases more.")
      .validator = config::at_least(0);
  all.add("kinetica.batch_size", PropertyType::int32, "10000", "Batch Size",
          "Largest number of records in one insert. A batch is also sent when it has 16 MiB, when "
          "kinetica.linger_ms has passed and before offsets are committed.")
      .validator = config::at_least(1);
  all.add("kinetica.linger_ms", PropertyType::int32, "100", "Linger",
          "Longest time in milliseconds that a record waits for its batch to fill. Larger values "
          "make fewer and larger inserts when there is little data.")
      .validator = config::at_least(0);
  all.flag("kinetica.create_table", true, "Create Table",
           "Whether a table that is missing is created, with columns that follow from the schema "
           "of its first record, or from the fields of the first records without schema.")
      .aliases = {"kinetica.tables.create_table"};
  all.flag("kinetica.single_table_per_topic", false, "Single table per topic",
           "Whether all records of a topic go into one table with the topic's name. Otherwise the "
           "table has the name of the record's schema, or for records without schema of their "
           "key, when that is text, else of the topic, each time what follows the last dot.")
      .aliases = {"kinetica.tables.single_table_per_topic"};
  all.flag("kinetica.add_new_fields_as_columns", false, "Add new columns",
           "With kinetica.allow_schema_evolution: whether a field that the table has no column for "
           "gets one: nullable, else as in a table that is created. Rows that are there have null "
           "in it. Otherwise the field is left out, with a line in the log. Nested fields get no "
           "column.")
      .aliases = {"kinetica.schema_evolution.add_new_fields_as_columns"};
  all.flag("kinetica.make_missing_field_nullable", false, "Alter existing column to nullable",
           "With kinetica.allow_schema_evolution: whether a column that takes no null is made "
           "nullable when a record has no value for it. Otherwise, and for columns of the primary "
           "or shard key, which cannot be changed, that is an error of the record. Every insert "
           "looks at its table first, which costs a request.")
      .aliases = {"kinetica.schema_evolution.make_missing_field_nullable"};
  all.add("kinetica.retry_count", PropertyType::int32, "1", "Retry count",
          "Number of attempts to insert a batch that the database answers with a refusal, before "
          "the task fails. While the database cannot be reached, is starting or stopping, or "
          "answers that it is out of order, the insert is repeated without limit, with pauses "
          "that grow to 10 seconds, and does not count.")
      .validator = config::at_least(1);
  all.flag("kinetica.allow_schema_evolution", false, "Allow schema evolution",
           "Whether tables follow the records' schemas, as kinetica.add_new_fields_as_columns and "
           "kinetica.make_missing_field_nullable say, and tasks go on when somebody else has "
           "altered their table. Types of columns are not changed, and no column is renamed or "
           "removed. Records of every schema find their columns by name with and without it.")
      .aliases = {"kinetica.schema_evolution.enabled"};
  all.flag("kinetica.update_on_existing_pk", true, "Allow update on existing PK",
           "For tables with a primary key: whether a record replaces the row with its key. "
           "Otherwise the row that is there stays and the record is dropped, so that records that "
           "are delivered again change nothing.")
      .aliases = {"kinetica.tables.update_on_existing_pk"};
}

void declare_flattening(Declarations& all) {
  all.flag("kinetica.flatten_source.enabled", false, "Flatten source message schema",
           "Whether fields of nested structures, and of objects in records without schema, become "
           "columns named by the fields that lead to them (parent_child), arrays become single "
           "values, and maps with schema texts in JSON. Otherwise no table can be created from "
           "records with nested values, and one that is there does not get them.");
  all.add("kinetica.flatten_source.array_element_separator", PropertyType::string, ",",
          "Value Separator",
          "With flattening to text: what stands between the elements of an array. It is not "
          "escaped in them, and blanks at its ends are cut off.");
  auto& mode = all.add("kinetica.flatten_source.array_flattening_mode", PropertyType::string,
                       "CONVERT_TO_STRING", "Array Flattening",
                       "With flattening: what an array becomes. CONVERT_TO_STRING: the texts of "
                       "its elements, joined; nested ones are JSON, a null is the text null, and "
                       "an array without elements an empty text. TAKE_FIRST_VALUE: its first "
                       "element, flattened when it is nested itself; null without elements. Empty "
                       "means CONVERT_TO_STRING.");
  mode.width = Width::long_;
  mode.validator = config::one_of({"CONVERT_TO_STRING", "TAKE_FIRST_VALUE", ""});
  all.add("kinetica.flatten_source.field_name_delimiter", PropertyType::string, "_",
          "Field name delimiter",
          "With flattening: what stands between the names of a field and of a field in it. A "
          "record of which two fields would become one column is refused.");
}

}  // namespace

const config::ConfigDef& sink_config_def() {
  static const config::ConfigDef definition = [] {
    Declarations all;
    declare_connection(all);
    declare_tables(all);
    declare_inserts(all);
    declare_flattening(all);
    all.flag("kinetica.enable_multihead", true, "Allow multi-head data ingest",
             "Whether records are sent to the worker ranks that hold their shards, where the "
             "database lets clients do so. Otherwise, and for replicated tables, the head node "
             "gets all of them and distributes them.");
    all.flag("kinetica.use_snappy", false, "Compress inserts",
             "Whether inserts are compressed with Snappy: less network for more CPU time.");
    all.flag("kinetica.delete_enabled", false, "Enable deletes",
             "Whether a record without value (tombstone) deletes the row whose primary key is the "
             "record's key: a structure or object with a field for each column of the primary key, "
             "or a single value where that is one column. Needs "
             "kinetica.single_table_per_topic=true or kinetica.dest_table_override, since such a "
             "record names no table. Otherwise such records are left out, with a line in the log.");
    all.add_all(kinetica::connection_properties(all.next_order()));
    return all.definition();
  }();
  return definition;
}

}  // namespace kc::sink
