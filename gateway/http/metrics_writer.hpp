// Writes figures in the text format 0.0.4 of Prometheus.
#pragma once

#include "gateway/counters.hpp"

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace unscripted::gateway {

class metrics_writer {
public:
  using labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

  explicit metrics_writer(std::string& out) : out_(out) {}

  /// The samples that follow are of this metric. Names get the prefix `unscripted_`.
  void begin(std::string_view name, std::string_view type, std::string_view help);
  void sample(double x, labels of = {}, std::string_view suffix = {});

  void counter(std::string_view name, std::string_view help, double x) {
    begin(name, "counter", help);
    sample(x);
  }
  void gauge(std::string_view name, std::string_view help, double x) {
    begin(name, "gauge", help);
    sample(x);
  }
  /// In seconds.
  void histogram(std::string_view name, std::string_view help, const duration_histogram& h);

private:
  std::string& out_;
  std::string name_;
};

}  // namespace unscripted::gateway
