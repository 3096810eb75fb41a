#!/bin/sh
# Usage: examples/images/lint.sh [FOLDER]
# Checks the Dockerfiles and scripts of the example images; hadolint and shellcheck take part where they are installed.
# Prints one line a finding and fails when there is any.
set -eu

cd "${1:-$(dirname "$0")}"
findings=0

finding() {
  echo "$1"
  findings=$((findings + 1))
}

# The instructions of a Dockerfile, one a line: comments gone, continued lines joined.
instructions() {
  sed -e '/^[[:space:]]*#/d' "$1" | sed -e ':join' -e '/\\$/{N;s/\\\n//;b join' -e '}' | sed -e '/^[[:space:]]*$/d'
}

check_dockerfile() {
  file=$1
  text=$(instructions "$file")
  stages=$(printf '%s\n' "$text" | awk '$1 == "FROM" && toupper($3) == "AS" { print $4 }')
  for image in $(printf '%s\n' "$text" | awk '$1 == "FROM" { print $2 }'); do
    case " $stages " in *" $image "*) continue ;; esac
    case $image in
      *:latest) finding "$file: $image is not pinned to a version" ;;
      *:*) ;;
      *) finding "$file: $image has no tag" ;;
    esac
  done
  printf '%s\n' "$text" | grep -q '^USER ' || finding "$file: no USER says as whom it runs"
  printf '%s\n' "$text" | grep -Eq '^(CMD|ENTRYPOINT) ' || finding "$file: no CMD or ENTRYPOINT"
  if printf '%s\n' "$text" | grep -E '^(CMD|ENTRYPOINT) ' | grep -qv '\['; then
    finding "$file: CMD and ENTRYPOINT are lists, so that signals reach the program"
  fi
  if printf '%s\n' "$text" | grep -Eq '^ADD '; then finding "$file: COPY, or a download with a checksum, instead of ADD"; fi
  if printf '%s\n' "$text" | grep 'apt-get install' | grep -qv -- '--no-install-recommends'; then
    finding "$file: apt-get install without --no-install-recommends"
  fi
  if printf '%s\n' "$text" | grep 'apt-get update' | grep -qv '/var/lib/apt/lists'; then
    finding "$file: the package lists stay in the image"
  fi
  if printf '%s\n' "$text" | grep -Eq 'github\.com' && ! printf '%s\n' "$text" | grep -Eq '^ARG [A-Z_]+_COMMIT=[0-9a-f]{40}$'; then
    finding "$file: a source is not pinned to a commit"
  fi
  for source in $(printf '%s\n' "$text" | awk '$1 == "COPY" && $2 !~ /^--from/ { for (i = 2; i < NF; i++) print $i }'); do
    [ -e "$(dirname "$file")/$source" ] || finding "$file: COPY of $source, which is not there"
  done
  if command -v hadolint >/dev/null 2>&1; then
    hadolint --ignore DL3008 "$file" || finding "$file: hadolint has findings"
  fi
}

check_script() {
  file=$1
  sh -n "$file" || finding "$file: not a shell script"
  [ -x "$file" ] || finding "$file: not executable"
  grep -q '^set -eu$' "$file" || finding "$file: no set -eu"
  if command -v shellcheck >/dev/null 2>&1; then
    shellcheck "$file" || finding "$file: shellcheck has findings"
  fi
}

for each in */Dockerfile; do check_dockerfile "$each"; done
for each in */*.sh; do check_script "$each"; done

if [ "$findings" -gt 0 ]; then
  echo "$findings findings"
  exit 1
fi
