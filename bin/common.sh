# Shared by the launch scripts: finds a JDK 25 and Maven, builds what is out of date. Sourced, not run.

GSHARD_HOME=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
GSHARD_JDK=25

fail() {
  echo "$*" >&2
  exit 2
}

# The feature release of the JDK in a folder; 0 if there is none with a compiler.
jdk_release() {
  if [ -x "$1/bin/javac" ] && [ -r "$1/release" ]; then
    sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release"
  else
    echo 0
  fi
}

# Sets JAVA_HOME to a JDK of at least GSHARD_JDK: the one in use if it will do, else one that is installed.
find_jdk() {
  local on_path candidate release
  on_path=$(command -v javac || true)
  [ -n "$on_path" ] && on_path=$(dirname "$(dirname "$(readlink -f "$on_path")")")
  for candidate in "${JAVA_HOME:-}" "$on_path" /usr/lib/jvm/* /usr/java/* /opt/java/* /opt/jdk* \
    "$HOME"/.jdks/* "$HOME"/.sdkman/candidates/java/* "$HOME"/.m2/jdks/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home; do
    [ -n "$candidate" ] || continue
    release=$(jdk_release "$candidate")
    if [ "${release:-0}" -ge "$GSHARD_JDK" ]; then
      export JAVA_HOME=$candidate
      return
    fi
  done
  fail "GShard needs a JDK $GSHARD_JDK or newer, and none was found: install one (for example Eclipse Temurin $GSHARD_JDK) or set JAVA_HOME to it."
}

# Whether a source is newer than the last build, whose stamp is given.
out_of_date() {
  [ ! -e "$1" ] || [ -n "$(find "$GSHARD_HOME" \( -name target -o -name .git -o -name out \) -prune \
    -o -type f \( -name '*.java' -o -name pom.xml \) -newer "$1" -print -quit)" ]
}

# Builds the project if a source is newer than the last build. Tests are for 'mvn verify'. Of several at once, as mpirun starts
# them, one builds and the others wait, where the system has flock.
build() {
  local stamp="$GSHARD_HOME/sample-nmt/target/.built"
  out_of_date "$stamp" || return 0
  command -v mvn >/dev/null || fail "GShard is built with Maven 3.8 or newer, and there is no mvn on the PATH: install Maven."
  mkdir -p "$(dirname "$stamp")"
  exec 9> "$stamp.lock"
  command -v flock >/dev/null && flock 9
  if out_of_date "$stamp"; then
    echo "Building GShard (once; a minute or so) ..." >&2
    (cd "$GSHARD_HOME" && mvn -q -B -ntp -DskipTests -Dgshard.fast -Dspotless.check.skip=true -Dinvoker.skip=true package) >&2 || fail "The build failed: see above."
    touch "$stamp"
  fi
  exec 9>&-
}

# A class path that Maven wrote for a module when it was built.
module_path() {
  echo "$GSHARD_HOME/$1/target/classes:$(cat "$GSHARD_HOME/$1/target/classpath.txt")"
}
