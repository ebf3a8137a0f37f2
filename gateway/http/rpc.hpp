// The conversation behind POST /rpc: of one HTTP connection, one request at a time.
//
// It lives as long as the connection, and so a bot that was created or attached here stays spoken
// for until then. What would be said unasked is left out.
#pragma once

#include "gateway/conversation.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <functional>
#include <memory>
#include <string>

namespace unscripted::gateway {

class rpc_line final : public wire, public std::enable_shared_from_this<rpc_line> {
public:
  struct ways {
    boost::asio::any_io_executor door;        // on which both are called
    std::function<void(std::string)> answer;  // one line; empty: the request wants none
    std::function<void()> drop;
    std::string address = {};  // of the client
    std::shared_ptr<network> from = nullptr;
  };

  static std::shared_ptr<rpc_line> open(hub& shared, ways back);

  /// Once the request before was answered. `who`: whose it is, where tokens are required. [door's
  /// thread]
  void take(std::string frame, grant_ptr who);
  /// Nothing is answered from now on. [door's thread]
  void close();

  // -- wire ---------------------------------------------------------------------------------------

  void write(std::string&& frames) override;
  std::size_t backlog() const override { return 0; }
  void drop(std::string_view why) override;
  void resume() override;
  bool takes_events() const override { return false; }
  std::string address() const override { return back_.address; }
  network* from() const override { return back_.from.get(); }

private:
  rpc_line(hub& shared, ways back);

  void take_held();
  void answer(std::string line);

  std::shared_ptr<conversation> talk_;
  ways back_;
  std::string held_;         // the request, until there is room for it
  bool is_held_ = false;     // it was not taken yet
  bool is_awaited_ = false;  // an answer
  bool is_closed_ = false;
};

}  // namespace unscripted::gateway
