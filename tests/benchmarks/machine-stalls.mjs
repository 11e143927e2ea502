// Looks at the clock without a pause and notes when it jumped: the machine gave the core to somebody else.
import { performance } from 'node:perf_hooks';

const MEASURE_MS = 1_000;
const JUMP_MS = 0.5;

process.on('message', () => {
  const end = performance.now() + MEASURE_MS;
  let stalledMs = 0;
  let longestMs = 0;
  for (let last = performance.now(), now = last; last < end; last = now) {
    now = performance.now();
    if (now - last < JUMP_MS) continue;
    stalledMs += now - last;
    longestMs = Math.max(longestMs, now - last);
  }
  process.send({ result: { percentOfTime: (stalledMs / MEASURE_MS) * 100, longestMs } });
});
process.on('disconnect', () => process.exit(0));
