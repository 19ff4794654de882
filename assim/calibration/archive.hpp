#pragma once

#include <string>

#include "assim/calibration/types.hpp"
#include "core/base/error.hpp"

namespace tilth::calibration {

// State as a flat list of numbers. A class lists its fields once, in `template <class A> void fields(A& archive)` with
// `archive(a, b, ...)`; `numbers_of` writes them and `restore_from` reads them back. Integers are exact up to 2^53.

/// Appends fields to a list of numbers.
class Writer {
 public:
  template <class... Fields>
  void operator()(Fields&... fields) {
    (write(fields), ...);
  }
  std::vector<double> numbers;

 private:
  template <class T>
  requires std::is_arithmetic_v<T> || std::is_enum_v<T>
  void write(T& value) { numbers.push_back(double(value)); }
  void write(Vector& v) {
    numbers.push_back(double(v.size()));
    numbers.insert(numbers.end(), v.begin(), v.end());
  }
  void write(Matrix& m) {
    numbers.push_back(double(m.rows()));
    numbers.push_back(double(m.cols()));
    numbers.insert(numbers.end(), m.data(), m.data() + m.size());
  }
  template <class T>
  void write(std::vector<T>& all) {
    numbers.push_back(double(all.size()));
    for (T& one : all) write(one);
  }
  template <class T>
  requires requires(T& t, Writer& a) { t.fields(a); }
  void write(T& nested) { nested.fields(*this); }
};

/// Reads fields from a list of numbers; throws `Error` where it is too short.
class Reader {
 public:
  explicit Reader(std::span<const double> numbers) : numbers_(numbers) {}
  template <class... Fields>
  void operator()(Fields&... fields) {
    (read(fields), ...);
  }
  bool at_end() const { return next_ == numbers_.size(); }
  /// What has not been read yet.
  std::span<const double> rest() const { return numbers_.subspan(next_); }

 private:
  double take() {
    require(next_ < numbers_.size(), "state of a calibration: ends after ", numbers_.size(),
            " numbers, more were expected; it belongs to another problem or is damaged");
    return numbers_[next_++];
  }
  std::size_t count() {
    const double n = take();
    require(n >= 0.0 && n <= double(numbers_.size()), "state of a calibration: a list of ", n,
            " numbers in a state of ", numbers_.size(), "; it belongs to another problem or is damaged");
    return std::size_t(n);
  }
  template <class T>
  requires std::is_arithmetic_v<T> || std::is_enum_v<T>
  void read(T& value) {
    if constexpr (std::is_enum_v<T>)
      value = T(std::int64_t(take()));
    else
      value = T(take());
  }
  void read(Vector& v) {
    v.resize(Index(count()));
    for (double& x : v) x = take();
  }
  void read(Matrix& m) {
    const auto rows = Index(count()), cols = Index(count());
    require(double(rows) * double(cols) <= double(numbers_.size()), "state of a calibration: a table of ", rows, " x ",
            cols, " in a state of ", numbers_.size(), " numbers; it is damaged");
    m.resize(rows, cols);
    for (Index i = 0; i < m.size(); ++i) m.data()[i] = take();
  }
  template <class T>
  void read(std::vector<T>& all) {
    all.resize(count());
    for (T& one : all) read(one);
  }
  template <class T>
  requires requires(T& t, Reader& a) { t.fields(a); }
  void read(T& nested) { nested.fields(*this); }

  std::span<const double> numbers_;
  std::size_t next_ = 0;
};

/// The fields of `state` as numbers.
template <class T>
std::vector<double> numbers_of(const T& state) {
  Writer writer;
  const_cast<T&>(state).fields(writer);  // a writer changes nothing
  return std::move(writer.numbers);
}

/// Sets the fields of `state` from what `numbers_of` wrote; throws `Error` for a list of another length.
template <class T>
void restore_from(std::span<const double> numbers, T& state) {
  Reader reader(numbers);
  state.fields(reader);
  require(reader.at_end(), "state of a calibration: ", numbers.size(),
          " numbers, fewer were expected; it belongs to another problem");
}

}  // namespace tilth::calibration
