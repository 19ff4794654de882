#include "driver/file_hints.hpp"

namespace tilth {

void FileHints::describe(Schema& s) {
  constexpr int most = 2147483647;
  const std::vector<std::string> words{"automatic", "enable", "disable"};
  s.integer("striping_factor", striping_factor)
      .in(0, 100000)
      .about("Disks or servers (Lustre: OSTs) that a new file is spread over; 0: the file system's default.");
  s.integer("striping_unit", striping_unit)
      .in(0, most)
      .units("byte")
      .about("Length of a stripe; 0: the file system's default.");
  s.integer("cb_nodes", cb_nodes).in(0, 1000000).about("Ranks that touch the file for all; 0: MPI decides.");
  s.integer("cb_buffer_size", cb_buffer_size)
      .in(0, most)
      .units("byte")
      .about("Buffer of each of them; 0: MPI decides.");
  s.text("romio_cb_write", collective_writes)
      .one_of(words)
      .about("Whether ranks gather what they write into few large requests (ROMIO).");
  s.text("romio_ds_write", data_sieving_writes)
      .one_of(words)
      .about("Whether gaps are read and written back (ROMIO); disable where locks are slow.");
}

std::vector<std::pair<std::string, std::string>> FileHints::list() const {
  std::vector<std::pair<std::string, std::string>> out;
  const auto number = [&](const char* name, int value) {
    if (value > 0) out.emplace_back(name, std::to_string(value));
  };
  number("striping_factor", striping_factor);
  number("striping_unit", striping_unit);
  number("cb_nodes", cb_nodes);
  number("cb_buffer_size", cb_buffer_size);
  if (collective_writes != "automatic") out.emplace_back("romio_cb_write", collective_writes);
  if (data_sieving_writes != "automatic") out.emplace_back("romio_ds_write", data_sieving_writes);
  return out;
}

}  // namespace tilth
