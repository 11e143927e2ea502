/** The largest block from which glibc learns (DEFAULT_MMAP_THRESHOLD_MAX, 32 MiB), less its header. */
const LARGEST_BYTES = 31 * 1024 * 1024;

let isDone = false;

/**
 * Makes the process keep some of the memory that it has freed, for the packets to come. glibc gives memory back to the
 * kernel as soon as 128 KiB are free at the top of its heap, and gets it again with a fault for each page: a packet of
 * 64 KiB costs up to three times as much then. It keeps twice the size of the largest block that it has mapped and
 * freed (mallopt(3), "dynamic mmap threshold"), so it is shown a large one, whose pages are never touched. Elsewhere
 * than on glibc this does nothing. Once in a process; what follows is at most 64 MiB that do not go back at once.
 */
export function keepFreedMemory(): void {
  if (isDone) return;
  isDone = true;
  // Nothing holds it: the garbage collector frees it soon, since so large a block is what makes it run.
  Buffer.allocUnsafeSlow(LARGEST_BYTES);
}
