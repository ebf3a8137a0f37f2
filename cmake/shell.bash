# What ./run and ./test share. Sourced by them, with `root` set to the project's folder.

say() { printf '\033[1m%s\033[0m\n' "$*"; }
[ -t 1 ] || say() { printf '%s\n' "$*"; }

# configure PRESET: where it was not done yet, or the presets changed. Ninja does the rest itself.
configure() {
  local preset=$1 log=$root/build/configure-$1.log
  [ ! "$root/build/$preset/build.ninja" -nt "$root/CMakePresets.json" ] || return 0
  say "Configuring $preset"
  if ! (cd "$root" && cmake --preset "$preset") >"$log" 2>&1; then
    cat "$log" >&2
    rm -f "$root/build/$preset/build.ninja"
    printf 'error: configuring failed; the reason is above.\n' >&2
    return 1
  fi
}

# Ninja's output without what says nothing; on a terminal, progress stays on one line.
show_build() {
  local title=$1 line open=
  while IFS= read -r line; do
    case $line in
      *'Re-checking globbed'* | *'GLOB mismatch'* | 'ninja: no work to do.') continue ;;
    esac
    [ -z "$title" ] || say "$title"
    title=
    if [[ -t 1 && $line == \[* ]]; then
      printf '\r\033[K%s' "${line:0:78}"
      open=yes
    else
      [ -z "$open" ] || printf '\n'
      printf '%s\n' "$line"
      open=
    fi
  done
  [ -z "$open" ] || printf '\r\033[K'
}

# build PRESET TARGET...: silent where there is nothing to do. One build at a time.
build() {
  local preset=$1
  shift
  mkdir -p "$root/build"
  (
    flock 9
    configure "$preset"
    cd "$root/build/$preset"
    ninja "$@" 2>&1 9>&- | show_build "Building $preset: $*"
  ) 9>"$root/build/.lock"
}
