#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Tries nvm_swap.ko inside a guest, as root; erases the range. Needs busybox or coreutils, insmod, rmmod, mkswap, swapon.
#
#   driver-test.sh MODULE NVM_IO BASE IMAGE_BYTES SWAP_BYTES
#
# The range must be free (not System RAM) and each area at least 64 MiB, all numbers multiples of 2 MiB.
# Prints one `ok N - text` or `not ok N - text` per case, `1..N` last; exits 1 if any case failed.
set -u
[ $# -eq 5 ] || {
  echo "usage: driver-test.sh MODULE NVM_IO BASE IMAGE_BYTES SWAP_BYTES" >&2
  exit 2
}
MODULE=$1 NVM_IO=$2 BASE=$(($3)) IMAGE_BYTES=$(($4)) SWAP_BYTES=$(($5))
IMAGE=/dev/nvm_swap0_image SWAP=/dev/nvm_swap0
WORK=$(mktemp -d)
MIB=1048576
CASES=0 FAILED=0

# --- verbs --------------------------------------------------------------------

# check TEXT COMMAND...: one case; what the command prints is shown only when it fails.
check() {
  text=$1
  shift
  CASES=$((CASES + 1))
  if "$@" >"$WORK/out" 2>&1; then
    echo "ok $CASES - $text"
  else
    echo "not ok $CASES - $text"
    sed 's/^/# /' "$WORK/out"
    FAILED=$((FAILED + 1))
  fi
}

skip() {
  CASES=$((CASES + 1))
  echo "ok $CASES - $1 # SKIP $2"
}

# Kernel messages since the last call of mark.
mark() { MARK="driver-test mark $$ $((CASES + 1)) $1" && echo "$MARK" >/dev/kmsg; }
messages() { dmesg | awk -v mark="$MARK" 'index($0, mark) { text = ""; next } { text = text $0 "\n" } END { printf "%s", text }'; }

# insert BASE IMAGE_BYTES SWAP_BYTES
insert() { insmod "$MODULE" base="$1" image_bytes="$2" swap_bytes="$3"; }
load() { insert "$BASE" "$IMAGE_BYTES" "$SWAP_BYTES"; }
loaded() { grep -q '^nvm_swap ' /proc/modules; }

# udev may hold a disk open for a moment after it appeared or was written.
unload() {
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    rmmod nvm_swap && return 0
    sleep 0.2
  done
  return 1
}

queue() { cat "/sys/block/$1/queue/$2"; }
is() { [ "$1" = "$2" ] || { echo "found '$1', not '$2'" && return 1; }; }

# Where a range starts that a driver certainly holds, and where the largest range of RAM does.
held_start() { awk -F- '/ : (Local APIC|IOAPIC 0)$/ { gsub(/ /, "", $1); print "0x" $1; exit }' /proc/iomem; }
ram_start() {
  grep ' : System RAM' /proc/iomem | while IFS=' -' read -r first last _; do
    echo "$((0x$last - 0x$first)) $((0x$first))"
  done | sort -n | tail -n 1 | cut -d' ' -f2
}

# --- refusals -----------------------------------------------------------------

# refuses TEXT BASE IMAGE_BYTES SWAP_BYTES: no module, no disk, and one line with the range and the reason.
refuses() {
  if insert "$2" "$3" "$4"; then
    unload
    echo "was accepted"
    return 1
  fi
  ! loaded || return 1
  [ ! -e $SWAP ] && [ ! -e $IMAGE ] || return 1
  messages | grep "nvm_swap: refusing 0x[0-9a-f]*-0x[0-9a-f]*: .*; no disk was made" | grep -e "$1" || {
    echo "no such reason in the log:" && messages
    return 1
  }
}

refuse_case() {
  mark "$1"
  check "refuses $1" refuses "$2" "$3" "$4" "$5"
}

refusal_cases() {
  refuse_case "a missing base" "base is missing" 0 "$IMAGE_BYTES" "$SWAP_BYTES"
  refuse_case "an empty image area" "image area is empty" "$BASE" 0 "$SWAP_BYTES"
  refuse_case "an empty swap area" "swap area is empty" "$BASE" "$IMAGE_BYTES" 0
  refuse_case "an unaligned base" "base 0x[0-9a-f]* is not a multiple of 4096" $((BASE + 512)) "$IMAGE_BYTES" "$SWAP_BYTES"
  refuse_case "an unaligned image area" "image_bytes 0x[0-9a-f]* is not a multiple" "$BASE" $((IMAGE_BYTES - 512)) "$SWAP_BYTES"
  refuse_case "an unaligned swap area" "swap_bytes 0x[0-9a-f]* is not a multiple" "$BASE" "$IMAGE_BYTES" $((SWAP_BYTES - 1))
  refuse_case "a range that wraps at its swap area" "wraps" 0xffffffffffe00000 0x100000 0x200000
  refuse_case "a range that wraps at its image area" "wraps" "$BASE" 0xfffffffffffff000 0x1000
  refuse_case "a range past the last physical address" "last physical address" 0x7000000000000000 "$IMAGE_BYTES" "$SWAP_BYTES"
  refuse_case "System RAM" "is System RAM" "$(ram_start)" 0x1000 0x1000
  refuse_case "a swap area that reaches into System RAM" "is System RAM" $(($(ram_start) - 0x1000)) 0x1000 0x1000
  refuse_case "a range another driver holds" "held by another driver" "$(held_start)" 0x1000 0x1000
  refuse_case "a swap area another driver holds" "held by another driver" $(($(held_start) - 0x1000)) 0x1000 0x1000
  check "refusals left /proc/iomem as it was" cmp "$WORK/iomem" /proc/iomem
}

# --- the disks ----------------------------------------------------------------

owns_its_major() {
  major=$(awk '/^Block/ { block = 1 } block && $2 == "nvm_swap" { print $1 }' /proc/devices)
  is "$(cat /sys/block/nvm_swap0_image/dev)" "$major:0" && is "$(cat /sys/block/nvm_swap0/dev)" "$major:1"
}

disk_cases() {
  check "loads" load
  check "$IMAGE exists" [ -b $IMAGE ]
  check "$SWAP exists" [ -b $SWAP ]
  check "both disks have the driver's own major number" owns_its_major
  check "/proc/iomem names the image area" grep -q "$(printf '%08x-%08x : nvm_swap0_image' "$BASE" $((BASE + IMAGE_BYTES - 1)))" /proc/iomem
  check "/proc/iomem names the swap area" \
    grep -q "$(printf '%08x-%08x : nvm_swap0' $((BASE + IMAGE_BYTES)) $((BASE + IMAGE_BYTES + SWAP_BYTES - 1)))\$" /proc/iomem
  check "image size" is "$(cat /sys/block/nvm_swap0_image/size)" $((IMAGE_BYTES / 512))
  check "swap size" is "$(cat /sys/block/nvm_swap0/size)" $((SWAP_BYTES / 512))
  for disk in nvm_swap0_image nvm_swap0; do
    check "$disk: logical block" is "$(queue $disk logical_block_size)" 4096
    check "$disk: physical block" is "$(queue $disk physical_block_size)" 4096
    check "$disk: not rotational" is "$(queue $disk rotational)" 0
    check "$disk: write cache" is "$(queue $disk write_cache)" "write back"
    check "$disk: FUA" is "$(queue $disk fua)" 1
    check "$disk: no entropy from it" is "$(queue $disk add_random)" 0
    check "$disk: requests of 1 MiB" is "$(queue $disk max_hw_sectors_kb)" 1024
    check "$disk: no elevator" grep -q '\[none\]' /sys/block/$disk/queue/scheduler
    check "$disk: blk-mq" [ -d /sys/block/$disk/mq/0 ]
  done
}

no_partition_scan() {
  # A DOS label with one Linux partition of 1 MiB at block 1: a disk that scans would show it.
  dd if=/dev/zero of="$WORK/label" bs=4096 count=1 &&
    printf '\000\000\000\000\203\000\000\000\001\000\000\000\000\001\000\000' |
    dd of="$WORK/label" bs=1 seek=446 conv=notrunc &&
    printf '\125\252' | dd of="$WORK/label" bs=1 seek=510 conv=notrunc &&
    dd if="$WORK/label" of=$IMAGE bs=4096 conv=fsync || return 1
  blockdev --rereadpt $IMAGE && echo "BLKRRPART was accepted" && return 1
  [ ! -e ${IMAGE}1 ] && [ ! -e ${IMAGE}p1 ]
}

buffered_write_reads_back() {
  dd if=/dev/urandom of="$WORK/random" bs=65536 count=16 &&
    dd if="$WORK/random" of=$SWAP bs=65536 seek=7 conv=fsync &&
    dd if=$SWAP of="$WORK/back" bs=4096 skip=112 count=256 iflag=direct && cmp "$WORK/random" "$WORK/back"
}

# Eight writers at once, on two disks, so that several queues are in use.
parallel_writes_read_back() {
  for seed in 1 2 3 4 5 6 7 8; do
    case $seed in [1-4]) disk=$IMAGE ;; *) disk=$SWAP ;; esac
    { "$NVM_IO" write $disk $((seed * 4 * MIB)) $((4 * MIB)) $seed || touch "$WORK/parallel-failed"; } &
  done
  wait
  [ ! -e "$WORK/parallel-failed" ] || return 1
  for seed in 1 2 3 4 5 6 7 8; do
    case $seed in [1-4]) disk=$IMAGE ;; *) disk=$SWAP ;; esac
    "$NVM_IO" check $disk $((seed * 4 * MIB)) $((4 * MIB)) $seed || return 1
  done
}

# The last block of the image and the first of swap are neighbours in memory.
neighbours_do_not_touch() {
  last=$((IMAGE_BYTES - 4096))
  "$NVM_IO" write $IMAGE $last 4096 21 && "$NVM_IO" write $SWAP 0 4096 22 &&
    "$NVM_IO" check $IMAGE $last 4096 21 && "$NVM_IO" check $SWAP 0 4096 22 &&
    ! "$NVM_IO" write $IMAGE "$IMAGE_BYTES" 4096 23 && "$NVM_IO" check $SWAP 0 4096 22
}

flush_reaches_the_driver() {
  before=$(awk '{ print $16 }' /sys/block/nvm_swap0_image/stat)
  "$NVM_IO" flush $IMAGE || return 1
  after=$(awk '{ print $16 }' /sys/block/nvm_swap0_image/stat)
  [ "$after" -gt "$before" ] || { echo "flush count stays at $after" && return 1; }
}

TRACE=/sys/kernel/tracing
fua_reaches_the_driver() {
  [ -e $TRACE/trace ] || mount -t tracefs none $TRACE || return 1
  echo 1 >$TRACE/events/block/block_rq_issue/enable && echo >$TRACE/trace
  "$NVM_IO" write-fua $IMAGE $MIB 65536 31
  status=$?
  echo 0 >$TRACE/events/block/block_rq_issue/enable
  # rwbs WFS: a write, FUA, synchronous.
  grep 'block_rq_issue: .* WFS 65536 ' $TRACE/trace || { cat $TRACE/trace && return 1; }
  [ $status -eq 0 ] && "$NVM_IO" check $IMAGE $MIB 65536 31
}

survives_reload() {
  "$NVM_IO" write $IMAGE 0 $((8 * MIB)) 41 && "$NVM_IO" write $SWAP $((SWAP_BYTES - 8 * MIB)) $((8 * MIB)) 42 &&
    unload && ! loaded && load &&
    "$NVM_IO" check $IMAGE 0 $((8 * MIB)) 41 && "$NVM_IO" check $SWAP $((SWAP_BYTES - 8 * MIB)) $((8 * MIB)) 42
}

data_cases() {
  check "a partition table is not looked at" no_partition_scan
  check "a buffered write reads back O_DIRECT" buffered_write_reads_back
  check "parallel O_DIRECT writes read back" parallel_writes_read_back
  check "image and swap do not touch" neighbours_do_not_touch
  check "FLUSH reaches the driver" flush_reaches_the_driver
  check "FUA reaches the driver" fua_reaches_the_driver
  check "data survives rmmod and insmod" survives_reload
}

# --- swap ---------------------------------------------------------------------

swap_is_on() { grep -q "^$SWAP " /proc/swaps; }

# The kernel's number is EAGAIN ("module is in use"); what matters is that nothing went away.
rmmod_is_refused() {
  ! rmmod nvm_swap || { echo "rmmod went through" && return 1; }
  loaded && swap_is_on && [ -b $SWAP ]
}

# Files in a tmpfs, three times what the control group may keep in RAM, so that most of them must go out to swap and come back.
pages_survive_swapping() {
  mkdir -p "$WORK/cgroup" "$WORK/tmpfs"
  "$NVM_IO" write $IMAGE 0 $((16 * MIB)) 51 || return 1
  mount -t cgroup2 none "$WORK/cgroup" && echo +memory >"$WORK/cgroup/cgroup.subtree_control" &&
    mkdir -p "$WORK/cgroup/driver-test" && echo 16777216 >"$WORK/cgroup/driver-test/memory.max" &&
    mount -t tmpfs -o size=64m none "$WORK/tmpfs" || return 1
  (
    sh -c 'echo $PPID' >"$WORK/cgroup/driver-test/cgroup.procs"
    for copy in 1 2 3; do
      dd if=$IMAGE of="$WORK/tmpfs/$copy" bs=65536 count=256 iflag=direct || exit 1
    done
    awk -v swap=$SWAP '$1 == swap { print "swap used:", $4, "KiB"; exit $4 < 16384 }' /proc/swaps || exit 1
    expected=$(dd if=$IMAGE bs=65536 count=256 iflag=direct | md5sum)
    for copy in 1 2 3; do
      is "$(md5sum <"$WORK/tmpfs/$copy")" "$expected" || exit 1
    done
  )
  status=$?
  umount "$WORK/tmpfs"
  rmdir "$WORK/cgroup/driver-test" && umount "$WORK/cgroup"
  return $status
}

swap_cases() {
  check "mkswap" mkswap $SWAP
  check "swapon" swapon $SWAP
  check "rmmod with active swap is refused" rmmod_is_refused
  if grep -q '^memory.*1$' /proc/cgroups; then
    check "pages survive swapping" pages_survive_swapping
  else
    skip "pages survive swapping" "no memory control group"
  fi
  check "swapoff" swapoff $SWAP
}

# --- unload -------------------------------------------------------------------

reload_20_times() {
  for round in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    echo "round $round"
    load && "$NVM_IO" write $IMAGE $MIB $MIB "$round" && "$NVM_IO" check $IMAGE $MIB $MIB "$round" &&
      unload && cmp "$WORK/iomem" /proc/iomem || return 1
  done
}

no_kernel_complaint() {
  dmesg | awk -v mark="$FIRST_MARK" 'index($0, mark) { on = 1 } on' >"$WORK/dmesg"
  ! grep -E 'Call Trace|WARNING|BUG|Oops|I/O error' "$WORK/dmesg"
}

unload_cases() {
  check "unloads" unload
  check "$IMAGE is gone" [ ! -e $IMAGE ]
  check "$SWAP is gone" [ ! -e $SWAP ]
  check "the major number is free again" sh -c '! grep -q nvm_swap /proc/devices'
  check "/proc/iomem is as before the first insmod" cmp "$WORK/iomem" /proc/iomem
  check "20 reloads" reload_20_times
  check "no call trace, warning or I/O error in the kernel log" no_kernel_complaint
}

! loaded || {
  echo "driver-test: nvm_swap is loaded already" >&2
  exit 2
}
cat /proc/iomem >"$WORK/iomem"
mark start
FIRST_MARK=$MARK
refusal_cases
disk_cases
# Without the disks the rest would write plain files into /dev.
if [ -b $IMAGE ] && [ -b $SWAP ]; then
  data_cases
  swap_cases
  unload_cases
else
  check "the disks can be tried" false
fi
rm -rf "$WORK"
echo "1..$CASES"
[ $FAILED -eq 0 ]
