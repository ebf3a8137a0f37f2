// The files that let a server speak TLS.
#pragma once

#include <filesystem>

namespace unscripted::gateway {

/// PEM files. The certificate's file may have those of its issuers behind it.
struct tls_files {
  std::filesystem::path certificate, key;
};

}  // namespace unscripted::gateway
