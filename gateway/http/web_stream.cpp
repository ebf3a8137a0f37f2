#include "gateway/http/web_stream.hpp"

namespace unscripted::gateway {

template class secure_stream<web_socket_layer>;

}  // namespace unscripted::gateway
