#pragma once

#include <cstdio>
#include <ctime>
#include <exception>
#include <functional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/base/error.hpp"

namespace tilth::test {

/// What became of one mutated file: the message of an `Error`, or what was read.
struct Outcome {
  bool refused = false;
  std::string text;
};

/// Tries mutated files and counts; adds a failure when one ends otherwise than in an `Error` or a result, or lasts.
class Trials {
 public:
  explicit Trials(std::string file) : file_(std::move(file)) {}

  /// Every message must name the file. `what` says which mutation it was.
  Outcome operator()(const std::string& what, const std::function<std::string()>& read) {
    ++count_;
    const std::clock_t begin = std::clock();  // of the processor: the machine may be busy
    Outcome out;
    try {
      out.text = read();
    } catch (const Error& error) {
      out = {true, error.what()};
      ++refused_;
      EXPECT_NE(out.text.find(file_), std::string::npos) << what << ": does not name the file: " << out.text;
    } catch (const std::exception& error) {
      ADD_FAILURE() << what << ": " << error.what();
    }
    const double s = double(std::clock() - begin) / CLOCKS_PER_SEC;
    constexpr double patience_s = 5.0;  // thousands of times what reading takes, also under sanitizers
    EXPECT_LT(s, patience_s) << what;
    return out;
  }

  int count() const { return count_; }
  int refused() const { return refused_; }
  /// Writes the counts into the test's report.
  void report() const {
    testing::Test::RecordProperty("mutations", count_);
    testing::Test::RecordProperty("refused", refused_);
    std::printf("  %d mutations, %d refused\n", count_, refused_);
  }

 private:
  std::string file_;
  int count_ = 0, refused_ = 0;
};

}  // namespace tilth::test
