#include "plugins/library.hpp"

#include "plugins/trusted_file.hpp"

#ifndef BOOST_DLL_USE_STD_FS
#define BOOST_DLL_USE_STD_FS
#endif
#include <boost/dll/shared_library.hpp>
#include <xxhash.h>

#include <cstdlib>
#include <cstring>
#include <elf.h>
#include <fstream>
#include <map>
#include <mutex>
#include <system_error>

namespace unscripted::plugins {

namespace {

namespace fs = std::filesystem;
using boost::dll::shared_library;

constexpr const char* symbol = "unscripted_plugin";

#if defined(__x86_64__)
constexpr std::uint16_t machine = EM_X86_64;
#elif defined(__aarch64__)
constexpr std::uint16_t machine = EM_AARCH64;
#elif defined(__riscv)
constexpr std::uint16_t machine = EM_RISCV;
#else
constexpr std::uint16_t machine = EM_NONE;  // not checked here: the system's loader does
#endif

// -- the file -------------------------------------------------------------------------------------

// Loading a file that was cut short, or is still being copied, would end this process.
void check_segments(const Elf64_Ehdr& head, const std::string& bytes) {
  const refusal cut_short{"cut short; copy it again"};
  for (std::size_t i = 0; i < head.e_phnum; ++i) {
    Elf64_Phdr segment{};
    const std::size_t at = head.e_phoff + i * sizeof segment;
    if (head.e_phoff > bytes.size() || at + sizeof segment > bytes.size()) throw cut_short;
    std::memcpy(&segment, bytes.data() + at, sizeof segment);
    const bool is_inside =
        segment.p_offset <= bytes.size() && segment.p_filesz <= bytes.size() - segment.p_offset;
    if (segment.p_type == PT_LOAD && !is_inside) throw cut_short;
  }
}

// The system's loader says less, or nothing, of these.
void check_format(const std::string& bytes) {
  Elf64_Ehdr head{};
  if (bytes.size() < sizeof head || std::memcmp(bytes.data(), ELFMAG, SELFMAG) != 0)
    throw refusal{"not a shared library; build it with -shared"};
  std::memcpy(&head, bytes.data(), sizeof head);
  const bool wrong_width = head.e_ident[EI_CLASS] != (sizeof(void*) == 8 ? ELFCLASS64 : ELFCLASS32);
  const bool wrong_machine = machine != EM_NONE && head.e_machine != machine;
  if (wrong_width || wrong_machine)
    throw refusal{"built for another processor; build it on a machine like this one"};
  if (head.e_type != ET_DYN)
    throw refusal{"a program or an object file, not a shared library; build it with -shared"};
  check_segments(head, bytes);
}

std::string hash_of(const std::string& bytes) {
  XXH128_canonical_t canonical;
  XXH128_canonicalFromHash(&canonical, XXH3_128bits(bytes.data(), bytes.size()));
  std::string digits;
  for (const unsigned char byte : canonical.digest) {
    digits.push_back("0123456789abcdef"[byte >> 4]);
    digits.push_back("0123456789abcdef"[byte & 15]);
  }
  return digits;
}

// -- the private copy -----------------------------------------------------------------------------

/// A folder that only this user can look into, gone with the object.
class private_folder {
public:
  private_folder() {
    std::error_code failed;
    std::string name = (fs::temp_directory_path(failed) / "unscripted-XXXXXX").string();
    if (failed || !::mkdtemp(name.data()))  // makes it with mode 0700
      throw refusal{"can't be copied to the folder for temporary files; set TMPDIR to another"};
    path_ = name;
  }
  private_folder(const private_folder&) = delete;
  private_folder& operator=(const private_folder&) = delete;
  ~private_folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }

  const fs::path& path() const { return path_; }

private:
  fs::path path_;
};

void write(const fs::path& file, const std::string& bytes) {
  std::ofstream out(file, std::ios::binary);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  out.close();
  if (!out) throw refusal{"can't be copied to the folder for temporary files: is it full?"};
}

// -- loading --------------------------------------------------------------------------------------

// How this thread rounds: a library linked with -ffast-math changes it for the whole process.
std::uint64_t rounding() {
#if defined(__x86_64__)
  return __builtin_ia32_stmxcsr() & ~std::uint64_t{0x3f};  // without the flags of past operations
#elif defined(__aarch64__)
  std::uint64_t control;
  __asm__ __volatile__("mrs %0, fpcr" : "=r"(control));
  return control;
#else
  return 0;
#endif
}

void set_rounding([[maybe_unused]] std::uint64_t control) {
#if defined(__x86_64__)
  __builtin_ia32_ldmxcsr(static_cast<unsigned>(control));
#elif defined(__aarch64__)
  __asm__ __volatile__("msr fpcr, %0" : : "r"(control));
#endif
}

// What the system's loader said, without the name of the copy.
std::string loader_said(const std::string& what, const fs::path& copy) {
  constexpr std::string_view before = "dlerror system message: ";
  const std::size_t start = what.find(before);
  if (start == std::string::npos) return what;
  std::string said = what.substr(start + before.size());
  if (const std::size_t end = said.rfind("): "); end != std::string::npos) said.resize(end);
  for (const std::string& noise : {copy.string() + ": ", " (" + copy.string() + ")"})
    if (const std::size_t at = said.find(noise); at != std::string::npos)
      said.erase(at, noise.size());
  return said;
}

shared_library map(const fs::path& copy) {
  try {
    using namespace boost::dll;
    return shared_library(copy, load_mode::rtld_now | load_mode::rtld_local);
  } catch (const std::system_error& e) {
    throw refusal{"can't be loaded: " + loader_said(e.what(), copy) +
                  "; a plugin links to nothing but the language's own libraries"};
  }
}

/// A library that was mapped, and why it is refused all the same (or nothing).
struct mapped {
  shared_library image;
  const uns_plugin* exported = nullptr;
  std::string why;
};

mapped map_anew(const fs::path& file, const std::string& hash, const std::string& bytes) {
  const private_folder folder;
  const fs::path copy = folder.path() / (file.stem().string() + "-" + hash + ".so");
  write(copy, bytes);
  const std::uint64_t before = rounding();
  mapped out{map(copy), nullptr, {}};
  const bool changed = rounding() != before;
  if (changed) set_rounding(before);
  if (out.image.has(symbol)) out.exported = &out.image.get<const uns_plugin>(symbol);
  else out.why = "exports no `unscripted_plugin`; write UNSCRIPTED_PLUGIN(id, version, ...) once";
  if (changed) out.why = "changes how the processor rounds; build and link it without -ffast-math";
  return out;
}

}  // namespace

library open_library(const fs::path& file) {
  const std::string bytes = read_trusted(file);
  check_format(bytes);
  const std::string hash = hash_of(bytes);

  // By hash. Never destroyed: what is in here stays mapped, even while the process ends.
  static auto& guard = *new std::mutex;
  static auto& all = *new std::map<std::string, mapped>;
  const std::lock_guard lock(guard);
  auto found = all.find(hash);
  if (found == all.end()) found = all.emplace(hash, map_anew(file, hash, bytes)).first;
  if (!found->second.why.empty()) throw refusal{found->second.why};
  return {hash, found->second.exported};
}

}  // namespace unscripted::plugins
