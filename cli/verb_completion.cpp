// `completion`: scripts for shells.

#include "cli/completion.hpp"
#include "cli/verb.hpp"

#include <cstdio>
#include <memory>

namespace unscripted::cli {

void add_completion(CLI::App& app, chosen_verb& chosen) {
  auto* verb = add_verb(app, "completion", "Print a script by which a shell completes our verbs",
                        "unscripted completion bash > ~/.local/share/bash-completion/completions/"
                        "unscripted\n\n"
                        "For this shell only: source <(unscripted completion bash). For zsh, "
                        "write it to a file\n_unscripted in a folder of $fpath. `cmake --install` "
                        "puts both where shells look.");
  auto shell = std::make_shared<std::string>();
  verb->add_option("shell", *shell, "bash or zsh")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh"}))
      ->type_name("SHELL");
  verb->callback([shell, &app, &chosen] {
    chosen = [shell, &app] {
      const auto text = *shell == "bash" ? bash_completion(app) : zsh_completion(app);
      std::fwrite(text.data(), 1, text.size(), stdout);
      return exit_ok;
    };
  });
}

}  // namespace unscripted::cli
