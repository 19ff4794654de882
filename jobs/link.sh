# shellcheck shell=bash
# Sourced by the job scripts: runs one link of a chain and sees to the next one.
#
#   link COMMAND EXPERIMENT [options of tilth]
#
# A link starts the run or continues it, passes the warning before the time limit (USR1) and preemption (TERM) on to the program,
# and judges how it ended: 0 the chain is done; 2 or 3 it stops; 4 (stopped with a good checkpoint) or any death of the program,
# rank, node or batch script it goes on, unless several links in a row wrote no checkpoint.
# From tools/jobs: TILTH_HOME (folder of the project), TILTH_RUN (folder of the run), TILTH_SETTINGS. RUN/chain holds:
# links.jsonl (a record per start and end), submit (how to submit a link), cases (of an array), successor, stop (do not go on).

# record EVENT "key": value, ...: a line of the chain's history.
record() {
  printf '{"time": "%s", "event": "%s", "job": "%s", "restart": %d, %s}\n' "$(date -u +%FT%TZ)" "$1" "$link_id" \
    "${SLURM_RESTART_COUNT:-0}" "$2" >>"$chain/links.jsonl"
}

last_of_history() { tail -n 1 "$chain/links.jsonl" 2>/dev/null || true; }

# field NAME LINE: the text or number of a key in a line of the history.
field() { sed -nE "s/.*\"$1\": \"?([^\",}]*).*/\1/p" <<<"$2"; }

# What shows that links make progress: the newest restart file of the last part of the run that has any. Its name tells the date,
# so that the same one written again is none; other files (of the spin-up) come with the time at which they were written.
# An experiment of a set first makes, or waits for, what the set shares: then that counts. A calibration keeps all its runs in a
# journal, which grows.
newest_checkpoint() {
  local part found
  [[ ! -s $run/journal.bin ]] || { echo "0 journal.bin/$(stat -c %s "$run/journal.bin")"; return; }
  for part in "$run"/{analysis,open_loop,nature,.} "$output"/{open_loop,nature,.}; do
    [[ -d $part/restart ]] || continue
    found=$(find "$part/restart" -name 'restart_*.nc' -printf '%f\n' | LC_ALL=C sort | tail -n 1)
    [[ -z $found ]] || { echo "0 ${part##*/}/restart/$found"; return; }
    found=$(find "$part/restart" -name '*.nc' -printf '%T@ %f\n' | sort -n | tail -n 1)
    [[ -z $found ]] || { echo "${found%% *} ${part##*/}/restart/${found#* }"; return; }
  done
}

job_state() { scontrol show job --oneliner "$1" 2>/dev/null | sed -nE 's/.* JobState=([A-Z_]+).*/\1/p'; }

# Prints the number of a case and everything it adds to the command line: "name word word ...".
case_of_array() { sed -n "${SLURM_ARRAY_TASK_ID}p" "$TILTH_RUN/chain/cases"; }

# The next link, held by SLURM until this one has ended otherwise than with status 0.
submit_successor() {
  local waiting array=()
  waiting=$(cat "$chain/successor" 2>/dev/null || true)
  if [[ -n $waiting && $waiting != "$SLURM_JOB_ID" && $(job_state "$waiting") == PENDING ]]; then return 0; fi
  [[ -z ${SLURM_ARRAY_TASK_ID:-} ]] || array=(--array="$SLURM_ARRAY_TASK_ID")
  if "$TILTH_RUN/chain/submit" "${array[@]}" --dependency="afternotok:$SLURM_JOB_ID" --kill-on-invalid-dep=yes \
    >"$chain/successor.tmp"; then
    mv "$chain/successor.tmp" "$chain/successor"
  else
    echo "link: the successor could not be submitted; this job will be requeued instead"
    rm -f "$chain/successor.tmp" "$chain/successor"
    CHAIN=requeue
  fi
}

drop_successor() {
  [[ -s $chain/successor && $(cat "$chain/successor") != "$SLURM_JOB_ID" ]] || return 0
  scancel --quiet "$(cat "$chain/successor")" || true
  rm -f "$chain/successor"
}

# finish NEXT REASON STATUS: the last record of the link; ends the batch script.
finish() {
  trap '' USR1 TERM
  [[ -z $watchdog ]] || kill "$watchdog" 2>/dev/null
  [[ $1 == none ]] && drop_successor
  record ended "\"status\": $3, \"progress\": $progress, \"idle_links\": $idle_links, \"next\": \"$1\", \"checkpoint\": \"${checkpoint#* }\", \"reason\": \"$2\""
  echo "link: $2 (status $3)"
  if [[ $1 == requeue ]]; then
    scontrol requeue "$SLURM_JOB_ID" || echo "link: scontrol requeue failed; continue with tools/jobs resubmit $run"
    sleep 60  # SLURM ends this script
  fi
  exit "$3"
}

# A chain that is done, was told to stop, or whose previous job was cancelled by hand, does not go on.
check_before_start() {
  local before
  before=$(last_of_history)
  idle_links=$(field idle_links "$before")
  idle_links=${idle_links:-0}
  if [[ $(field event "$before") == ended && $(field status "$before") == 0 ]]; then
    echo "link: the chain is already done"
    drop_successor
    exit 0
  fi
  [[ ! -e $TILTH_RUN/chain/stop ]] || finish none "stopped by the operator" 4
  local previous
  previous=$(field job "$before")
  if [[ -n $previous && $previous != "$link_id" && $(job_state "$previous") == CANCELLED ]]; then
    finish none "cancelled: job $previous" 4
  fi
  if [[ $(field event "$before") == started ]]; then  # the end of the last link was not recorded: it was killed
    count_progress "$(field before "$before")"
    ((idle_links < RETRIES)) || finish none "stalled: $idle_links links in a row ended without a new checkpoint" 3
  fi
}

# count_progress BEFORE: compares the newest checkpoint with that before the link.
count_progress() {
  checkpoint=$(newest_checkpoint)
  if [[ $checkpoint != "$1" ]]; then
    progress=true idle_links=0
  else
    progress=false idle_links=$((idle_links + 1))
  fi
}

pass_on() {
  signalled=1
  echo "link: $1 at $(date -u +%FT%TZ): the program is told to write its checkpoint and end"
  [[ -n ${pid:-} ]] || return 0
  kill -USR1 "$pid" 2>/dev/null || true
  [[ $CHAIN != requeue || -n $watchdog ]] || watch_limit
}

# A job that was killed at its limit cannot requeue itself: gives up a program that has not ended shortly before.
watch_limit() {
  local end left
  end=$(scontrol show job --oneliner "$SLURM_JOB_ID" | sed -nE 's/.* EndTime=([0-9T:-]+).*/\1/p')
  left=$(($(date -d "$end" +%s) - $(date +%s) - 10))
  ((left > 0)) || return 0
  { sleep "$left" && echo "link: no time left, the program is killed" && kill -KILL "$pid"; } &
  watchdog=$!
}

# Runs the program under the launcher to its end; sets status.
launch() {
  local launcher again
  status=4
  [[ $signalled == 0 ]] || return 0  # there is no time left
  case $LAUNCHER in
    # A rank that dies takes the others with it, and a step may use all that the job has.
    srun) launcher=(srun --kill-on-bad-exit=1 --ntasks="$SLURM_NTASKS" "${SRUN_OPTIONS[@]}") ;;
    mpirun) launcher=(mpirun -n "$SLURM_NTASKS" "${MPIRUN_OPTIONS[@]}") ;;
    *) finish none "settings: LAUNCHER=$LAUNCHER, must be srun or mpirun" 2 ;;
  esac
  [[ -z ${SLURM_CPUS_PER_TASK:-} ]] || export OMP_NUM_THREADS=$SLURM_CPUS_PER_TASK SRUN_CPUS_PER_TASK=$SLURM_CPUS_PER_TASK
  echo "link: ${launcher[*]} ${PROGRAM[*]} $*"
  "${launcher[@]}" "${PROGRAM[@]}" "$@" </dev/null &
  pid=$!
  # A trapped signal interrupts wait; 127 then says that the end had been seen before.
  status=0
  while :; do
    signalled=0
    wait "$pid"
    again=$?
    ((again == 127)) || status=$again
    ((signalled && again != 127)) || break
  done
}

# srun may say 0 for a step that it could not launch: done is what the program's own record, written in this link, says.
is_done() {
  [[ $records == yes ]] || return 0
  [[ -n $(find "$run/run.json" -newer "$chain/links.jsonl" 2>/dev/null) ]] || return 1
  ! grep -qE '^ {1,2}"status": *"(running|stopped|failed)"' "$run/run.json"
}

# What the chain does after the program has ended with this status.
judge() {
  local state
  state=$(job_state "$SLURM_JOB_ID")
  if ((status == 0)) && ! is_done; then
    echo "link: the launcher ended with status 0, but the program did not finish a run in $run"
    status=1
  fi
  case $status in
    0) finish none "done" 0 ;;
    2) finish none "refused: bad input, see the log" 2 ;;
    3) finish none "failed: see the log; the last checkpoint is good" 3 ;;
  esac
  local how="died with status $status"
  ((status != 4)) || how="stopped with a good checkpoint"
  [[ ! -e $TILTH_RUN/chain/stop ]] || finish none "stopped by the operator" "$status"
  [[ $state != CANCELLED ]] || finish none "cancelled" "$status"
  ((idle_links < RETRIES)) || finish none "stalled: $idle_links links in a row ended without a new checkpoint" 3
  case $state in  # SLURM has already put this job back into the queue
    PREEMPTED | PENDING | REQUEUED) finish slurm "$how; requeued by SLURM" "$status" ;;
  esac
  [[ $CHAIN != requeue ]] || finish requeue "$how" "$status"
  submit_successor  # unless it waits already
  [[ $CHAIN != requeue ]] || finish requeue "$how" "$status"
  finish successor "$how" "$status"
}

link() {
  set -u
  local command=$1 words=() resume=()
  cd "${TILTH_HOME:-$SLURM_SUBMIT_DIR}" || exit 2
  TILTH_RUN=${TILTH_RUN:-runs/$SLURM_JOB_NAME}
  # shellcheck source=jobs/settings.sh
  source "${TILTH_SETTINGS:-jobs/settings.sh}"
  run=$TILTH_RUN output=$TILTH_RUN signalled=0 progress=false idle_links=0 checkpoint="" watchdog="" records=yes link_id=$SLURM_JOB_ID
  if [[ -n ${SLURM_ARRAY_TASK_ID:-} ]]; then
    local name more
    read -r name more < <(case_of_array)
    [[ -n $name ]] || { echo "link: $TILTH_RUN/chain/cases has no line $SLURM_ARRAY_TASK_ID"; exit 2; }
    eval "words=($more)"  # quoted as in a shell
    run=$TILTH_RUN/$name output=$run
    # An experiment of a set writes into the folder of the set; its record and its chain are in its own.
    [[ ${words[0]:-} != --only ]] || run=$TILTH_RUN/experiments/$name output=$TILTH_RUN
  fi
  chain=$run/chain
  mkdir -p "$chain" || exit 2
  [[ -x $TILTH_RUN/chain/submit ]] || CHAIN=requeue  # submitted by sbatch itself
  trap 'pass_on "signal USR1"' USR1
  trap 'pass_on "signal TERM"' TERM
  check_before_start
  # Commands that keep no checkpoints begin anew.
  case $command in
    verify | analyse | check | describe) records=no ;;
    *) if [[ -e $TILTH_RUN/chain/continue ]] || grep -q '"event": "started"' "$chain/links.jsonl" 2>/dev/null; then resume=(--resume); fi ;;
  esac
  checkpoint=$(newest_checkpoint)
  record started "\"ranks\": $SLURM_NTASKS, \"nodes\": \"$SLURM_JOB_NODELIST\", \"idle_links\": $idle_links, \"before\": \"$checkpoint\""
  [[ $CHAIN != successor ]] || submit_successor
  prepare
  launch "$@" "${words[@]}" --output "$output" "${resume[@]}"
  count_progress "$checkpoint"
  judge
}
