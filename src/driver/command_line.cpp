#include "driver/command_line.hpp"

#include <sstream>

#include <boost/program_options.hpp>

#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "driver/commands.hpp"

namespace tilth {

namespace po = boost::program_options;

namespace {

std::vector<std::string> split_names(const std::string& names) {
  std::vector<std::string> out;
  std::istringstream in(names);
  for (std::string name; std::getline(in, name, ',');)
    if (!name.empty()) out.push_back(name);
  require(!out.empty(), "command line: --only=", names, ": give names of experiments with commas between them");
  return out;
}

po::options_description visible_options(CommandLine& line) {
  po::options_description o("Options");
  auto add = o.add_options();
  add("set", po::value(&line.set)->composing(), "set an option of the experiment: --set ensemble.size=20 (repeatable)");
  add("output", po::value(&line.output), "folder of the run; the same as --set experiment.output=DIR");
  add("resume", po::bool_switch(&line.resume), "continue from the newest valid checkpoint");
  add("only", po::value<std::string>()->notifier([&line](const std::string& names) { line.only = split_names(names); }),
      "osse, assimilate: these experiments of a set, with commas between their names");
  add("groups", po::value(&line.groups),
      "osse, assimilate: groups of ranks that run the experiments of a set side by side, 1 when left out");
  add("wait", po::bool_switch(&line.wait),
      "with --only: wait until the start with the first experiment has made what the set shares");
  add("derivatives", po::bool_switch(&line.derivatives),
      "check: compare the derivatives of one column with differences of runs");
  add("quick", po::bool_switch(&line.quick), "check: no trial runs, so no forecast of memory, files and time");
  add("point", po::value<std::int64_t>()->notifier([&line](std::int64_t id) { line.point = id; }),
      "check --derivatives: id of the column; the first one when left out");
  add("days", po::value(&line.days), "check --derivatives: days to run, 3 when left out");
  add("threads", po::value(&line.threads), "threads of every rank; when left out OMP_NUM_THREADS, or 1");
  add("quiet", po::bool_switch(&line.quiet), "no progress line and no remarks");
  add("log-level", po::value(&line.log_level), "debug, info, warning or error");
  add("petsc", po::value(&line.petsc),
      "options for PETSc, e.g. --petsc=-log_view; those without effect are named at the end");
  add("help", po::bool_switch(&line.help), "help");
  add("version", po::bool_switch(&line.version), "version");
  return o;
}

}  // namespace

CommandLine parse_command_line(int argc, char** argv) {
  CommandLine line;
  for (int i = 0; i < argc; ++i) line.words += (i > 0 ? " " : "") + std::string(argv[i]);
  po::options_description all;
  all.add(visible_options(line));
  std::vector<std::string> words;
  bool output_given = false;
  all.add_options()("words", po::value(&words));
  po::positional_options_description positional;
  positional.add("words", -1);
  try {
    po::variables_map map;
    po::store(po::command_line_parser(argc, argv).options(all).positional(positional).run(), map);
    po::notify(map);
    output_given = map.count("output") > 0;
  } catch (const po::error& e) {
    require(false, "command line: ", e.what(), "; see 'tilth help'");
  }
  if (!words.empty()) {
    line.command = words.front();
    line.arguments.assign(words.begin() + 1, words.end());
  }
  require(line.threads >= 0 && line.threads <= 1024, "command line: --threads=", line.threads,
          ", must be from 1 to 1024");
  require(line.groups >= 1, "command line: --groups=", line.groups, ", must be 1 or more");
  require(!line.wait || !line.only.empty(), "command line: --wait has no effect without --only; leave it out");
  if (output_given) require(!line.output.empty(), "command line: --output is empty; give a folder");
  if (output_given) line.set.push_back("experiment.output=" + line.output);
  return line;
}

std::string help_text(const std::string& command) {
  std::ostringstream out;
  CommandLine unused;
  const Command* found = find_command(command);
  if (found) {
    out << "tilth " << found->usage << "\n  " << found->about << "\n\n";
  } else {
    out << "tilth: ensemble data assimilation for the land surface\n\n";
    for (const Command& c : commands()) out << "  tilth " << c.usage << "\n      " << c.about << "\n";
    out << "\n";
  }
  out << visible_options(unused)
      << "\nExit status: 0 done, 2 bad input, 3 failure, 4 stopped by a signal with a good checkpoint.\n";
  return out.str();
}

}  // namespace tilth
