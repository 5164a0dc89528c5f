# The first guard of a Tabpod pod: runs the runner, and ends the pod whatever becomes of it.
# POSIX sh and one of curl, GNU wget, python3. No single quote may stand in this text.
agent=tabpod-start/1

# Sleeps for $1 seconds times TABPOD_WAIT_SCALE. Only tests scale, so only they need awk.
nap() {
  pause=$1
  [ "${TABPOD_WAIT_SCALE:-1}" = 1 ] || pause=$(awk "BEGIN { print $1 * $TABPOD_WAIT_SCALE }")
  sleep "$pause" || sleep 5
}

# Posts the JSON $2 to $1. The key goes by stdin, a private file or the environment, never by argv.
ask() {
  json="Content-Type: application/json"
  auth="Authorization: Bearer $RUNPOD_API_KEY"
  printf "header = \"%s\"\n" "$auth" | curl -q -sS -m 20 -A $agent -H "$json" -d "$2" -K - "$1" && return
  rc=$(mktemp) && printf "header = %s\n" "$auth" >"$rc" &&
    WGETRC=$rc wget -q -O - -T 20 -t 1 -U $agent --header "$json" --post-data "$2" "$1"
  code=$?
  rm -f "$rc"
  [ $code = 0 ] && return
  python3 -I - "$1" "$2" $agent <<"END"
import os, sys, urllib.request
_, url, body, agent = sys.argv
key = os.environ["RUNPOD_API_KEY"]
headers = {"Authorization": "Bearer " + key, "Content-Type": "application/json", "User-Agent": agent}
urllib.request.urlopen(urllib.request.Request(url, body.encode(), headers), timeout=20)
END
}

# Asks for the end of this pod, for ever: RunPod starts a container that exits again, and bills on.
end() {
  trap "" HUP INT TERM
  tries=0
  while :; do
    ask "$TABPOD_REST_URL/pods/$RUNPOD_POD_ID/action" "{\"action\":\"terminate\"}"
    ask "$TABPOD_GRAPHQL_URL" "{\"query\":\"mutation{podTerminate(input:{podId:\\\"$RUNPOD_POD_ID\\\"})}\"}"
    tries=$((tries + 1))
    if [ $tries -le 6 ]; then nap 5; else nap 30; fi
  done
}

trap end HUP INT TERM EXIT
(nap "${TABPOD_HARD_LIMIT_S:-7200}"; end) &

left=120
until [ -d "$TABPOD_VOLUME" ] && [ -s "$TABPOD_RUNNER" ]; do
  [ $left -gt 0 ] || { echo "tabpod: the volume or the runner is missing"; end; }
  left=$((left - 1))
  nap 1
done

# What is checked is what runs: a copy, for the volume may change at any time.
copy=$(mktemp) && cp "$TABPOD_RUNNER" "$copy" || end
sum=$(sha256sum "$copy" || python3 -I -c "import hashlib, sys
print(hashlib.sha256(open(sys.argv[1], \"rb\").read()).hexdigest())" "$copy")
case $TABPOD_EXPECT in
  *"\"runner\":\"${sum%% *}\""*) ;;
  *) echo "tabpod: the runner is not the one that was uploaded"; end ;;
esac

python3 -I -u "$copy" &
runner=$!
trap "kill -TERM $runner" HUP INT TERM
# A signal ends wait early: wait again until the runner is gone.
while kill -0 $runner; do wait $runner; done
end
